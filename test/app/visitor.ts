import { Agent, type IncomingMessage, request } from 'node:http';

import { type CounterPage, PAGE } from '../counter/pages.js';

const ADA = { email: 'ada@example.com', password: 'a walk along the river' };

export interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

/** Somebody who comes over one connection that is kept open, as a browser does, and who never tries anything twice. */
export class Visitor {
  static async signedIn(url: string): Promise<Visitor> {
    const visitor = new Visitor(url);
    await visitor.logIn();
    return visitor;
  }

  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    /** As the browser sends it: name=value. */
    public cookie = '',
  ) {}

  /** Somebody else with the same cookie. */
  twin(): Visitor {
    return new Visitor(this.url, this.cookie);
  }

  async logIn(): Promise<void> {
    const { status } = await this.post('/login', ADA);
    if (status !== 303) throw new Error(`the login was answered with ${status}`);
  }

  async get(path: string, accept = 'text/html'): Promise<Answer> {
    return this.#ask('GET', path, '', { accept });
  }

  async post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const type = 'application/x-www-form-urlencoded';
    const body = new URLSearchParams(fields).toString();
    return this.#ask('POST', path, body, {
      ...headers,
      'content-type': type,
      'content-length': `${Buffer.byteLength(body)}`,
    });
  }

  /** The count that a page tells programs. */
  async count(page = PAGE): Promise<number> {
    const { status, body } = await this.get(page, 'application/json');
    if (status !== 200) throw new Error(`${page} was answered with ${status}`);
    return (JSON.parse(body) as CounterPage).count;
  }

  leave(): void {
    this.#agent.destroy();
  }

  /** @throws Error of the socket when there is no whole answer */
  async #ask(
    method: string,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { ...headers, cookie: this.cookie } };
      request(new URL(path, this.url), options)
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const chunks = (await response.toArray()) as Buffer[];
    for (const cookie of response.headers['set-cookie'] ?? []) {
      this.cookie = /Max-Age=0\b/.test(cookie) ? '' : (cookie.split(';')[0] ?? '');
    }
    return {
      status: response.statusCode ?? 0,
      location: response.headers.location ?? '',
      body: Buffer.concat(chunks).toString(),
    };
  }
}

/** Whether a request had no answer because the worker that it was with is gone. */
export function isBrokenConnection(reason: string): boolean {
  return /ECONNRESET|EPIPE|socket hang up/.test(reason);
}
