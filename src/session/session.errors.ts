/**
 * The store did not answer, or refused. It says nothing about the session: nobody is logged out.
 * A change that was under way may or may not have been stored.
 */
export class SessionStoreUnavailable extends Error {
  override readonly name = 'SessionStoreUnavailable';
}

/** The session is gone (logged out, ended elsewhere, expired). Nothing was stored. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';

  constructor() {
    super('the session has ended');
  }
}

/** What the store holds under a key is no session record. */
export class SessionRecordCorrupt extends Error {
  override readonly name = 'SessionRecordCorrupt';
}
