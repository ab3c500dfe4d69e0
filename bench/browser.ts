/** A browser that brings a session to where a measurement begins. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  /** Its cookies, as a header. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Goes on with the cookies that it has got elsewhere. */
  takeCookies(header: string): void {
    for (const pair of header.split('; ')) {
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  async logIn(user: number): Promise<void> {
    await this.post('/login', loginOf(user));
  }

  /** @throws Error when it is answered with anything but 303 */
  async post(path: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const answer = await this.#ask(path, { method: 'POST', body: new URLSearchParams(fields) });
    if (answer.status !== 303) throw new Error(`${path} was answered with ${answer.status}`);
  }

  async get(path: string): Promise<string> {
    const answer = await this.#ask(path, {});
    if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.text();
  }

  async #ask(path: string, request: RequestInit): Promise<Response> {
    const headers = { cookie: this.cookie, 'user-agent': USER_AGENT };
    const answer = await fetch(new URL(path, this.url), {
      ...request,
      redirect: 'manual',
      headers,
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}

/** As browsers call themselves: sessions keep it. */
const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export function loginOf(user: number): Record<string, string> {
  return { email: `shopper-${user}@example.com`, password: 'a walk along the river' };
}

/** As many browsers, signed in, each with three products in the cart and nothing left to be said on its next page. */
export async function shoppers(url: string, count: number): Promise<Browser[]> {
  const browsers = Array.from({ length: count }, () => new Browser(url));
  // No more at once than may wait for their password to be checked.
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(
      browsers.slice(from, from + AT_ONCE).map(async (browser, i) => {
        await browser.logIn(from + i);
        for (const product of ['tea', 'cup', 'pot']) await browser.post('/cart/items', { product });
        await browser.get('/cart');
      }),
    );
  }
  return browsers;
}

const AT_ONCE = 20;
