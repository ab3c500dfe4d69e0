/** The pages of the counter: what tests put into a session, to see whether it is still there. */

/** A page of those who are logged in. It tells programs the `count`, and asks PostgreSQL nothing. */
export const PAGE = '/counter';

/** Where everybody else is sent from it. */
export const LOGIN_FIRST = '/login?next=%2Fcounter';

/** Counts one more, as a guest or logged in: where to, and what. */
export const ADD = ['/counter/add', {}] as const;

/** Sets the count. It asks PostgreSQL nothing, either, and leaves no message. */
export const CHANGE = ['/counter', { count: '2' }] as const;

/** What the page after an add says of it, once. */
export const ADDED = 'One more is counted.';

/** What the page tells programs. */
export interface CounterPage {
  readonly count: number;
}
