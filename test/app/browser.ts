import { type Mailbox, tokenIn } from '../../dev/mailbox.js';

/** A client that keeps one session cookie, as a browser does, and follows no redirects. */
export class Browser {
  cookie = '';
  /** For how many seconds it would keep that when it is closed; null: no longer than until then. */
  maxAge: number | null = null;

  constructor(private readonly baseUrl: string) {}

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { headers });
  }

  async post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(form), headers });
  }

  async json<T>(path: string): Promise<T> {
    const response = await this.get(path, { accept: 'application/json' });
    return (await response.json()) as T;
  }

  async logIn(email = 'ada@example.com', password = 'a walk along the river'): Promise<Response> {
    return this.post('/login', { email, password });
  }

  /** Makes an account by the link that comes by mail, and is signed in. */
  async signUp(
    mailbox: Mailbox,
    { email, name = 'Joan Clarke', password }: { email: string; name?: string; password: string },
  ): Promise<Response> {
    await this.post('/signup', { email });
    const token = tokenIn(await mailbox.mailTo(email, 'Make your account'));
    return this.post('/signup/finish', { token, name, password });
  }

  /** Whether it is let in where one must be logged in. */
  async isIn(): Promise<boolean> {
    return (await this.get('/account')).status === 200;
  }

  /** Why its session was ended, as a program is told; undefined if nobody has ended it. */
  async endReason(): Promise<string | undefined> {
    return (await this.json<{ endReason?: string }>('/account')).endReason;
  }

  get id(): string {
    return this.cookie.replace('session_id=', '');
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, ...(this.cookie && { cookie: this.cookie }) };
    const response = await fetch(this.baseUrl + path, { ...init, headers, redirect: 'manual' });
    const set = response.headers.getSetCookie().find((cookie) => cookie.includes('session_id='));
    if (set) {
      const [, maxAge = null] = /Max-Age=(\d+)/.exec(set) ?? [];
      this.maxAge = maxAge === null ? null : Number(maxAge);
      this.cookie = maxAge === '0' ? '' : (set.split(';')[0] ?? '');
    }
    return response;
  }
}
