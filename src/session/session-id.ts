import { hash, randomBytes } from 'node:crypto';

/** The secret that a browser holds: 256 random bits as 43 characters of base64url. Never stored, never logged. */
export type SessionId = string & { readonly type: 'SessionId' };

/** The name of a session in a store: base64url(SHA-256(id)). Reading the store reveals no id. */
export type SessionKey = string & { readonly type: 'SessionKey' };

/** What a page calls a session by: random, so that it leads neither to the key nor to the id. */
export type SessionHandle = string & { readonly type: 'SessionHandle' };

/** ASVS 5.0, 7.2.3 asks for 128 bits of entropy at least. */
const ID_BYTES = 32;

/** 32 bytes leave two bits of the 43rd character unused, so it is one of 16. */
const ID_FORM = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

export function newSessionId(): SessionId {
  return randomBytes(ID_BYTES).toString('base64url') as SessionId;
}

/** What a client sent as an id, or null: whatever has not the form of an id never reaches a store. */
export function parseSessionId(text: string): SessionId | null {
  return ID_FORM.test(text) ? (text as SessionId) : null;
}

export function keyOf(id: SessionId): SessionKey {
  return hash('sha256', id, 'base64url') as SessionKey;
}

/** The key of a record of the library's own. No id leads to it. */
export function markerKey(subject: string): SessionKey {
  return hash('sha256', subject, 'base64url') as SessionKey;
}

export function newSessionHandle(): SessionHandle {
  return randomBytes(HANDLE_BYTES).toString('base64url') as SessionHandle;
}

const HANDLE_BYTES = 16;
