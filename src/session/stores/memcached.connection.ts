import { connect, type Socket } from 'node:net';

import { Logger } from '@nestjs/common';

/** What memcached answers: `VA 12 c7 t60` is { code: 'VA', flags: { c: '7', t: '60' }, value }. */
export interface MemcachedReply {
  readonly code: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly value: string;
}

interface Waiting {
  readonly resolve: (reply: MemcachedReply) => void;
  readonly reject: (reason: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** memcached takes items up to 1 MiB unless told otherwise, its own bookkeeping included. */
const LARGEST_VALUE = 1_000_000;
/** Larger times than 30 days are taken for seconds since 1970. */
const LONGEST_RELATIVE_S = 30 * 86_400;
const RECONNECT_PAUSE_MS = 100;
const LINE_END = '\r\n';

/**
 * A time to live as memcached takes it. It counts ticks of a second, the current one included, so one is added: a
 * session must not end early.
 */
export function secondsFor(ms: number): number {
  const seconds = Math.ceil(ms / 1_000) + 1;
  return seconds > LONGEST_RELATIVE_S ? Math.ceil(Date.now() / 1_000) + seconds : seconds;
}

/**
 * A connection that speaks memcached's meta protocol, which has what sessions need: read and restart the clock in one
 * command, compare-and-delete, and how long an item has left. It comes back by itself; a command that can't be sent at
 * once or is not answered in time rejects, and is never sent again.
 * https://github.com/memcached/memcached/blob/master/doc/protocol.txt
 */
export class MemcachedConnection {
  readonly #logger = new Logger('Memcached');
  readonly #host: string;
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #waiting: Waiting[] = [];
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #reconnect: NodeJS.Timeout | undefined;
  #away = false;
  #closed = false;

  constructor(url: string, timeoutMs: number) {
    const { hostname, port } = new URL(url);
    this.#host = hostname.replaceAll(/[[\]]/g, '');
    this.#port = Number(port || 11_211);
    this.#timeoutMs = timeoutMs;
    this.#socket = this.#connect();
  }

  /** Sends a command, with the value that it stores if it does. @throws Error with memcached's words, or a broken connection's */
  async ask(command: string, value?: string): Promise<MemcachedReply> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      if (socket.destroyed) {
        reject(new Error('there is no connection'));
        return;
      }
      const timer = setTimeout(() => {
        // Whatever comes after this would be taken for the answer to something else.
        socket.destroy(new Error(`no answer within ${this.#timeoutMs} ms`));
      }, this.#timeoutMs);
      this.#waiting.push({ resolve, reject, timer });
      socket.write(command + LINE_END + (value === undefined ? '' : value + LINE_END));
    });
  }

  /** Stores a value with flags of `ms`. @throws Error when it is too large: memcached would drop the old one for it */
  async store(key: string, value: string, flags: string): Promise<MemcachedReply> {
    const size = Buffer.byteLength(value);
    if (size > LARGEST_VALUE) throw new Error(`${size} bytes are more than an item may have`);
    return this.ask(`ms ${key} ${size} ${flags}`, value);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#reconnect);
    this.#socket.destroy();
  }

  /** What is asked while it connects is sent as soon as it is connected. */
  #connect(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    let reason = 'it closed the connection';
    socket.on('error', (error) => (reason = error.message || String(error)));
    socket.on('connect', () => {
      if (this.#away) this.#logger.log('reachable again');
      this.#away = false;
    });
    socket.on('data', (data) => this.#receive(data));
    socket.on('close', () => this.#lost(reason));
    return socket;
  }

  #lost(reason: string): void {
    this.#received = Buffer.alloc(0);
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    if (this.#closed) return;
    if (!this.#away) this.#logger.error(`unreachable: ${reason}`);
    this.#away = true;
    const pause = RECONNECT_PAUSE_MS * (0.5 + Math.random() / 2);
    this.#reconnect = setTimeout(() => (this.#socket = this.#connect()), pause);
  }

  #receive(data: Buffer): void {
    this.#received = this.#received.length > 0 ? Buffer.concat([this.#received, data]) : data;
    for (let reply = this.#nextReply(); reply; reply = this.#nextReply()) {
      const waiting = this.#waiting.shift();
      clearTimeout(waiting?.timer);
      if (reply.code.endsWith('ERROR')) waiting?.reject(new Error(reply.value));
      else waiting?.resolve(reply);
    }
  }

  /** Takes the next reply out of what was received, if it is all there. */
  #nextReply(): MemcachedReply | null {
    const lineEnd = this.#received.indexOf(LINE_END);
    if (lineEnd < 0) return null;
    const line = this.#received.toString('utf8', 0, lineEnd);
    const [code = '', ...words] = line.split(' ');
    const start = lineEnd + LINE_END.length;
    // The one reply with a value after its line.
    const size = code === 'VA' ? Number(words.shift()) + LINE_END.length : 0;
    if (this.#received.length < start + size) return null;
    const value = this.#received.toString('utf8', start, start + size - LINE_END.length);
    this.#received = this.#received.subarray(start + size);
    const flags = Object.fromEntries(words.map((word) => [word.slice(0, 1), word.slice(1)]));
    return { code, flags, value: size > 0 ? value : line };
  }
}
