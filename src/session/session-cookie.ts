import { cookieValues } from './cookie-values.js';
import { parseSessionId, type SessionId } from './session-id.js';

/**
 * The session cookie. The store, not the cookie, decides when a session ends (NIST SP 800-63B-4, 5.1.1). By default it has
 * no Max-Age and is gone when the browser is closed, as OWASP's Session Management Cheat Sheet recommends; a login may ask
 * for one, since phones close browsers by themselves. docs/security.md weighs the two.
 */
export class SessionCookie {
  readonly #name: string;
  readonly #attributes: string;

  /**
   * @param secure whether browsers reach the app over HTTPS: then the cookie is Secure and bears the prefix `__Host-`,
   *   which binds it to this very host (RFC 6265bis, 4.1.3.2)
   * @param name its name without the prefix; each app on a host needs its own, because cookies don't know ports
   */
  constructor(secure: boolean, name = 'session_id') {
    this.#name = secure ? `__Host-${name}` : name;
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** What a `Cookie` header says of the session. */
  read(header: string | undefined): CookieReading {
    const values = cookieValues(header, this.#name);
    const ids = new Set(values.flatMap((value) => parseSessionId(value) ?? []));
    return { ids: [...ids], count: values.length };
  }

  /**
   * The `Set-Cookie` header that hands an id to the browser.
   * @param expiresAt until when the browser keeps it, in milliseconds since 1970; null: until the browser is closed
   */
  set(id: SessionId, expiresAt: number | null = null): string {
    const cookie = `${this.#name}=${id}; ${this.#attributes}`;
    if (expiresAt === null) return cookie;
    // Rounded up: at the deadline or soon after it (NIST SP 800-63B-4, 5.1.1).
    return `${cookie}; Max-Age=${Math.ceil((expiresAt - Date.now()) / 1_000)}`;
  }

  /** The `Set-Cookie` header that takes the cookie from the browser. */
  clear(): string {
    return `${this.#name}=; ${this.#attributes}; Max-Age=0`;
  }
}

export interface CookieReading {
  /**
   * The values that have the form of an id, each once. A browser sends several when it has cookies of the name for
   * several paths or domains, and says of none which one it is. Some 280 fit into the 16 KiB that Node.js takes as headers.
   */
  readonly ids: readonly SessionId[];
  /** How many cookies of the name were sent, in whatever form. */
  readonly count: number;
}
