import { readFileSync } from 'node:fs';

import { parseDocument } from 'yaml';
import type { z } from 'zod';

import { type Config, configSchema } from './config.js';
import { Environment } from './environment.js';
import { featureSettings } from './feature-settings.js';

/** What is wrong with a configuration file, one line a mistake. */
export class ConfigMistakes extends Error {
  override readonly name = 'ConfigMistakes';

  constructor(
    readonly file: string,
    readonly mistakes: string[],
  ) {
    super([`${file}:`, ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'));
  }
}

/**
 * Reads a configuration file, puts the environment's values into it and checks it.
 * @throws ConfigMistakes that lists every mistake
 */
export async function loadConfig(file: string, variables: NodeJS.ProcessEnv): Promise<Config> {
  const environment = new Environment(variables);
  const document = parseDocument(environment.mark(read(file)));
  if (document.errors.length > 0) {
    throw new ConfigMistakes(
      file,
      document.errors.map((error) => `not YAML: ${error.message.split('\n')[0]}`),
    );
  }
  const settings = environment.fill(document.toJS());
  const result = configSchema(await featureSettings()).safeParse(settings);
  const unset = new Map(environment.unset.map(({ path, name }) => [path.join('.'), name]));
  const mistakes = [
    ...[...unset].map(([key, name]) => `${key}: the variable ${name} is not set`),
    ...(result.error?.issues ?? [])
      .filter((issue) => !unset.has(issue.path.join('.')))
      .flatMap((issue) => describe(issue, settings)),
  ];
  if (!result.success || mistakes.length > 0) throw new ConfigMistakes(file, mistakes);
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- necessary once a feature has settings
  return result.data as Config;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigMistakes(file, [`can't be read: ${reason}`]);
  }
}

/** A mistake as a sentence: the key, what it holds, and what it takes. */
function describe(issue: z.core.$ZodIssue, settings: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => `${[...issue.path, name].join('.')}: no such setting`);
  }
  const key = issue.path.join('.') || 'the file';
  const held = issue.path.reduce<unknown>(
    (value, name) => (value as Record<PropertyKey, unknown> | null | undefined)?.[name],
    settings,
  );
  const holds = held === undefined ? 'is missing' : `holds ${shown(key, held)}`;
  return [`${key}: ${holds}; takes ${issue.message}`];
}

/** A value for people to read, without what may be a secret. URLs often hold a password. */
function shown(key: string, value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a section';
  if (/url|uri|dsn|pass|secret|token|key|credential/i.test(key)) return 'something else';
  return JSON.stringify(value).slice(0, 60);
}
