import type { SessionLifetime } from '../session-lifetime.js';
import type { FileSettings } from './file.store.js';
import type { MemcachedSettings } from './memcached.store.js';
import type { MemorySettings } from './memory.store.js';
import type { RedisSettings } from './redis.connection.js';
import type { SessionStore } from './session-store.js';
import type { SqlSettings } from './sql.settings.js';

/** Which store to use, with what it needs. */
export type StoreSettings =
  | ({ readonly kind: 'redis' } & RedisSettings)
  | ({ readonly kind: 'memcached' } & MemcachedSettings)
  | ({ readonly kind: 'file' } & FileSettings)
  | ({ readonly kind: 'postgres' } & SqlSettings)
  | ({ readonly kind: 'mysql' } & SqlSettings)
  | ({ readonly kind: 'memory' } & MemorySettings)
  /** A store of your own. */
  | { readonly kind: 'custom'; readonly open: OpenStore };

export type OpenStore = (lifetime: SessionLifetime) => Promise<SessionStore>;

/** Opens the store that the settings name. Only its own driver is loaded. */
export async function openStore(
  settings: StoreSettings,
  lifetime: SessionLifetime,
): Promise<SessionStore> {
  switch (settings.kind) {
    case 'redis': {
      const { RedisStore } = await import('./redis.store.js');
      return new RedisStore(settings, lifetime);
    }
    case 'memcached': {
      const { MemcachedStore } = await import('./memcached.store.js');
      return new MemcachedStore(settings, lifetime);
    }
    case 'file': {
      const { FileStore } = await import('./file.store.js');
      return new FileStore(settings, lifetime);
    }
    case 'postgres': {
      const { PostgresStore } = await import('./postgres.store.js');
      return new PostgresStore(settings, lifetime);
    }
    case 'mysql': {
      const { MysqlStore } = await import('./mysql.store.js');
      return new MysqlStore(settings, lifetime);
    }
    case 'memory': {
      const { MemoryStore } = await import('./memory.store.js');
      return new MemoryStore(settings, lifetime);
    }
    case 'custom':
      return settings.open(lifetime);
  }
}
