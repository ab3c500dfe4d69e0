import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import * as binding from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The engine's class, its WebAssembly loaded: Node 20 and 22 don't import a .wasm file by themselves. */
export async function schemaEngineClass(): Promise<typeof binding.SchemaEngine> {
  await (loaded ??= load());
  return binding.SchemaEngine;
}

/** Once a process: a second instance would pull the memory from under the first. */
let loaded: Promise<void> | null = null;

async function load(): Promise<void> {
  // Where the engine leaves its last words when it breaks down.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string): never {
        throw new Error(`Prisma's schema engine broke down: ${message}`);
      },
    },
  });
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': withIdleTimers(binding),
  });
  binding.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The engine leaves the timer of its lock running, which would keep a process from ending for another 10 s. */
function withIdleTimers(imports: object): object {
  return Object.fromEntries(
    Object.entries(imports).map(([name, imported]: [string, unknown]) => [
      name,
      name.startsWith('__wbg_setTimeout_') && typeof imported === 'function'
        ? (...args: unknown[]) => (imported(...args) as NodeJS.Timeout).unref()
        : imported,
    ]),
  );
}

/** Node has it; its types come with those of browsers, which this project has no use for. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};
