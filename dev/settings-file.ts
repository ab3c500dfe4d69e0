import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Document, parseDocument } from 'yaml';

import { tempFolder } from './guard.js';

/** Changes to config/server.yaml: only what is to differ, in the same shape. */
export interface Settings {
  readonly [key: string]: string | number | boolean | readonly unknown[] | Settings;
}

/** A configuration file of one's own: config/server.yaml with some changes, of which the last wins. */
export class SettingsFile {
  readonly path = join(tempFolder('config'), 'server.yaml');

  constructor(...changes: readonly Settings[]) {
    this.change(...changes);
  }

  /** Writes it anew, with these changes and no others. */
  change(...changes: readonly Settings[]): void {
    const document = parseDocument(readFileSync('config/server.yaml', 'utf8'));
    for (const each of changes) set(document, [], each);
    writeFileSync(this.path, document.toString());
  }
}

function set(document: Document, path: readonly string[], changes: Settings): void {
  for (const [key, value] of Object.entries(changes)) {
    if (isSettings(value)) set(document, [...path, key], value);
    else document.setIn([...path, key], value);
  }
}

function isSettings(value: Settings[string]): value is Settings {
  return typeof value === 'object' && !Array.isArray(value);
}
