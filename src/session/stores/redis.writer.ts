import { setTimeout as pause } from 'node:timers/promises';

import { Cluster, type Redis } from 'ioredis';

import { SessionStoreUnavailable } from '../session.errors.js';
import type { RedisClient } from './redis.connection.js';

type Command = readonly (string | number)[];

/**
 * Sends the commands that change something, and resolves once enough replicas have the change too: it then survives a
 * failover to one of them. WAIT speaks of what its own connection has sent before, so both go out together; and it
 * holds up whatever is sent after it, so this needs a connection that nobody reads through.
 * https://redis.io/docs/latest/commands/wait/
 */
export class RedisWriter {
  readonly #client: RedisClient;
  readonly #replicas: number;
  readonly #waitMs: number;

  constructor(client: RedisClient, replicas: number, timeoutMs: number) {
    this.#client = client;
    this.#replicas = replicas;
    // Its answer must come before the timeout of the command itself.
    this.#waitMs = Math.ceil(timeoutMs * 0.8);
  }

  /** Resolves to Redis's reply. @throws SessionStoreUnavailable when too few replicas confirm the change */
  async send(command: Command): Promise<unknown> {
    let node: RedisClient = this.#client;
    let asking = false;
    for (let redirection = 0; redirection < MOST_REDIRECTIONS; redirection++) {
      const [reply, replicas] = await this.#exchange(node, asking, command);
      if (!(reply instanceof Error)) {
        this.#checkConfirmed(replicas);
        return reply;
      }
      const [, kind, address] = /^(MOVED|ASK) \d+ (\S+)$/.exec(reply.message) ?? [];
      if (address === undefined || !(this.#client instanceof Cluster)) throw reply;
      asking = kind === 'ASK';
      if (!asking) this.#client.refreshSlotsCache();
      node = await nodeAt(this.#client, address);
    }
    throw new SessionStoreUnavailable(`Redis: redirected ${MOST_REDIRECTIONS} times`);
  }

  /** Sends a command with its WAIT in one go. */
  async #exchange(node: RedisClient, asking: boolean, command: Command): Promise<unknown[]> {
    const wait = ['wait', this.#replicas, this.#waitMs];
    const commands = [...(asking ? [['asking']] : []), [...command], wait];
    const replies = (await node.pipeline(commands).exec()) ?? [];
    return replies.slice(-2).map(([error, reply]) => error ?? reply);
  }

  #checkConfirmed(replicas: unknown): void {
    if (replicas instanceof Error) throw replicas;
    if (Number(replicas) >= this.#replicas) return;
    throw new SessionStoreUnavailable(
      `Redis: ${String(replicas)} of ${this.#replicas} replicas have confirmed a change within ${this.#waitMs} ms`,
    );
  }
}

const MOST_REDIRECTIONS = 8;

/** The connection to a node of a cluster; a node that is new is known after a moment. */
async function nodeAt(cluster: Cluster, address: string): Promise<Redis> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const nodes = cluster.nodes('all');
    const node = nodes.find(({ options }) => `${options.host}:${options.port}` === address);
    if (node) return node;
    await pause(20);
  }
  throw new SessionStoreUnavailable(`Redis: ${address} is no node of the cluster`);
}
