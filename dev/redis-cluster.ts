import { freePort } from './free-port.js';
import { type RedisServer, startRedis } from './redis.js';
import { FAST_SYNC, until, untilReplicated } from './redis-replication.js';

export interface RedisCluster {
  readonly masters: readonly RedisServer[];
  /** The replica of the master at the same place. */
  readonly replicas: readonly RedisServer[];
  /** The addresses of the masters, as session.redis.url takes them. */
  readonly url: string;
  /** Moves slots, with the keys in them, from one master to another while both serve. */
  moveSlots(from: RedisServer, to: RedisServer, count: number): Promise<void>;
  /** How many keys it holds. */
  keys(): Promise<number>;
  /** Resolves when a replica has taken over from its master. */
  untilMaster(replica: RedisServer): Promise<void>;
  /** Resolves when every master that is there has a replica that follows it. */
  untilReplicated(): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;

/** Starts a Redis Cluster of three masters, each with a replica, that fails over in a little more than a second. */
export async function startRedisCluster(args: readonly string[] = []): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: 6 }, async () => startNode(args)));
  const masters = nodes.slice(0, 3);
  const replicas = nodes.slice(3);
  await join(masters, replicas);
  return {
    masters,
    replicas,
    url: masters.map(({ url }) => url).join(','),
    moveSlots,
    keys: async () => {
      const sizes = await Promise.all(masters.map(async (node) => node.call('DBSIZE')));
      return sizes.map(Number).reduce((sum, size) => sum + size);
    },
    untilMaster: async (replica) =>
      until(async () => String(await replica.call('ROLE')).startsWith('master')),
    untilReplicated: async () => untilReplicated(nodes),
    stop: async () => {
      await Promise.all(nodes.map(async (node) => node.stop()));
    },
  };
}

async function startNode(args: readonly string[]): Promise<RedisServer> {
  return startRedis([
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT_MS)],
    ...['--cluster-port', String(await freePort())],
    ...FAST_SYNC,
    ...args,
  ]);
}

async function join(
  masters: readonly RedisServer[],
  replicas: readonly RedisServer[],
): Promise<void> {
  const [first] = masters;
  const bus = await busPort(first!);
  for (const [i, node] of [...masters, ...replicas].entries()) {
    if (i > 0) await node.call('CLUSTER', 'MEET', '127.0.0.1', first!.port, bus);
  }
  for (const [i, master] of masters.entries()) {
    const [from, to] = [i, i + 1].map((n) => Math.floor((n * SLOTS) / masters.length));
    await master.call('CLUSTER', 'ADDSLOTSRANGE', from!, to! - 1);
  }
  for (const [i, replica] of replicas.entries()) {
    const id = String(await masters[i]!.call('CLUSTER', 'MYID'));
    await until(async () => String(await replica.call('CLUSTER', 'NODES')).includes(id));
    await replica.call('CLUSTER', 'REPLICATE', id);
  }
  for (const node of [...masters, ...replicas]) {
    await until(async () => String(await node.call('CLUSTER', 'INFO')).includes('state:ok'));
  }
  await untilReplicated([...masters, ...replicas]);
}

/** As `redis-cli --cluster reshard` does it. https://redis.io/docs/latest/commands/cluster-setslot/ */
async function moveSlots(from: RedisServer, to: RedisServer, count: number): Promise<void> {
  const [fromId, toId] = [await from.call('CLUSTER', 'MYID'), await to.call('CLUSTER', 'MYID')];
  const slots = (await from.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  const own = slots
    .filter(([, , [, port]]) => port === from.port)
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  for (const slot of own.slice(0, count)) {
    await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId));
    await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId));
    for (;;) {
      const keys = (await from.call('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
      if (keys.length === 0) break;
      await from.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    }
    for (const node of [to, from])
      await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId));
  }
}

async function busPort(node: RedisServer): Promise<number> {
  const [, port] =
    /@(\d+) myself/.exec(String(await node.call('CLUSTER', 'NODES')).replaceAll(/,\S*/g, '')) ?? [];
  return Number(port);
}
