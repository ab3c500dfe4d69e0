import type { Config } from './config/config.js';
import type { StoreSettings } from './session/stores/open-store.js';

/** The settings of the chosen store, as the session library takes them. */
export function storeSettings({
  store,
  sweep_seconds,
  ...stores
}: Config['session']): StoreSettings {
  const sweepEveryMs = sweep_seconds * 1_000;
  switch (store) {
    case 'redis': {
      const { master_name, ca_file, key_prefix, replicas_to_wait_for, timeout_ms, ...same } =
        stores.redis;
      return {
        ...same,
        kind: 'redis',
        masterName: master_name,
        caFile: ca_file,
        keyPrefix: key_prefix,
        replicasToWaitFor: replicas_to_wait_for,
        timeoutMs: timeout_ms,
      };
    }
    case 'memcached': {
      const { url, key_prefix, timeout_ms } = stores.memcached;
      return { kind: 'memcached', url, keyPrefix: key_prefix, timeoutMs: timeout_ms };
    }
    case 'postgres':
    case 'mysql': {
      const { url, table, pool_size, timeout_ms } = stores[store];
      const sizes = { poolSize: pool_size, timeoutMs: timeout_ms, sweepEveryMs };
      return { kind: store, url, table, ...sizes };
    }
    case 'file': {
      const { folder, timeout_ms } = stores.file;
      return { kind: 'file', folder, timeoutMs: timeout_ms, sweepEveryMs };
    }
    case 'memory':
      return { kind: 'memory', sweepEveryMs };
  }
}
