import type { Config } from '../../config/config.js';
import type { SessionKey } from '../../session/session-id.js';

type SessionConfig = Config['session'];

/** How much of a session's key is shown: what the log shows of it, too little to look one up. */
const KEY_CHARACTERS = 8;

const STORE_NAMES: Readonly<Record<string, string>> = {
  redis: 'Redis',
  memcached: 'memcached',
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  file: 'files',
  memory: 'the memory of this process',
};

/** A kind of store, as the end of the sentence "Your session is kept in …". */
export function storeName(store: SessionConfig['store']): string {
  return STORE_NAMES[store] ?? store;
}

/** A session's key, as far as it is shown. */
export function shortKey(key: SessionKey): string {
  return `${key.slice(0, KEY_CHARACTERS)}…`;
}

/** Under which name a session can be found in the store: what kind of thing it is, and its name. */
export function sessionPlace(
  { store, ...stores }: SessionConfig,
  key: string,
): { readonly kind: string; readonly name: string } | null {
  switch (store) {
    case 'redis':
    case 'memcached':
      return { kind: 'key', name: `${stores[store].key_prefix}session:${key}` };
    case 'postgres':
    case 'mysql':
      return { kind: `table ${stores[store].table}, row`, name: key };
    case 'file':
      return { kind: 'folder', name: stores.file.folder };
    default:
      return null;
  }
}
