import type { Config } from '../../config/config.js';

/** The line of a source file that does what is told. */
export interface SourceLine {
  readonly file: string;
  /** What the line declares. */
  readonly name: string;
  /** What it begins with. */
  readonly text: string;
}

/** Where each step of the walk-through is done. */
export function sourceLines(store: Config['session']['store']) {
  return {
    login: [
      line('src/auth/auth.controller.ts', 'logIn', 'async logIn('),
      line('src/auth/auth.service.ts', 'authenticate', 'async authenticate('),
      line('src/session/session.ts', 'signIn', 'async signIn('),
    ],
    cookie: [
      line('src/session/session-id.ts', 'newSessionId', 'export function newSessionId('),
      line('src/session/session-cookie.ts', 'SessionCookie', 'export class SessionCookie'),
    ],
    key: [
      line('src/session/request-session.ts', 'load', 'async load('),
      line('src/session/session-id.ts', 'keyOf', 'export function keyOf('),
    ],
    record: [
      line(`src/session/stores/${store}.store.ts`, 'read', 'async read('),
      line('src/session/session-repository.ts', 'SessionRepository.read', 'async read('),
      line('src/session/session-changes.ts', 'SessionChanges', 'export class SessionChanges'),
    ],
    clocks: [
      line('src/session/session-lifetime.ts', 'msToLive', 'export function msToLive('),
      line('src/session/session-lifetime.ts', 'idleMsOf', 'export function idleMsOf('),
    ],
    workers: [
      line('src/workers/supervisor.ts', 'handOut', '#handOut('),
      line('src/demo/panel/kill-worker.controller.ts', 'kill', 'async kill('),
    ],
    guard: [
      line('src/auth/login.guard.ts', 'canActivate', 'async canActivate('),
      line('src/http/error.filter.ts', 'loginPageFor', 'function loginPageFor('),
    ],
    outage: [
      line('src/session/stores/answer.ts', 'answerOf', 'export async function answerOf'),
      line('src/http/problem.ts', 'SESSIONS_AWAY', 'const SESSIONS_AWAY'),
      line('src/session/session.ts', 'dropEndedCookie', 'dropEndedCookie('),
    ],
  } satisfies Record<string, SourceLine[]>;
}

function line(file: string, name: string, text: string): SourceLine {
  return { file, name, text };
}
