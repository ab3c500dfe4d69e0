import { existsSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

type Sections = Readonly<Record<string, z.ZodType>>;

/**
 * The schemas of features' sections in server.yaml: `src/NAME/NAME.settings.ts` exports that of the section NAME as
 * `settings`. They are found by their file's name, so that a supervisor checks the settings without loading the features.
 * @throws Error that names the file that can't be used
 */
export async function featureSettings(): Promise<Sections> {
  return (sections ??= load());
}

/** Once a process: a reload must not depend on files that are being replaced. */
let sections: Promise<Sections> | undefined;

async function load(): Promise<Sections> {
  const source = fileURLToPath(new URL('..', import.meta.url));
  const extension = extname(import.meta.url);
  const names = readdirSync(source).filter((name) =>
    existsSync(`${source}/${name}/${name}.settings${extension}`),
  );
  const schemas = names.map(async (name) => [name, await schemaOf(name)] as const);
  return Object.fromEntries(await Promise.all(schemas));
}

async function schemaOf(name: string): Promise<z.ZodType> {
  const file = `src/${name}/${name}.settings`;
  let module: { settings?: unknown };
  try {
    module = (await import(`../${name}/${name}.settings.js`)) as typeof module;
  } catch (cause) {
    throw new Error(`${file} can't be loaded: ${String(cause)}`, { cause });
  }
  if (module.settings instanceof z.ZodType) return module.settings;
  throw new Error(`${file} exports no schema as \`settings\``);
}
