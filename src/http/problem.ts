import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

import { isDatabaseOutage } from '../database/outage.js';
import { SessionEnded, SessionStoreUnavailable } from '../session/session.errors.js';
import {
  FormRejected,
  FreshLoginRequired,
  LoginRequired,
  ProblemException,
  TooManyTries,
  TryAgainLater,
} from './http.errors.js';
import { duration } from './in-words.js';

/** An error as its answer tells it: RFC 9457's problem details, and what a page shows of them. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** When it makes sense to try again. */
  readonly retryAfterSeconds?: number;
  /** Why somebody else has ended the session of the request, in a word. */
  readonly endReason?: string;
  readonly mistakes?: readonly { readonly field: string; readonly message: string }[];
}

/** What to tell the client about whatever was thrown. Nothing of an unexpected error gets out. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FormRejected) {
    const mistakes = Object.entries(error.errors).map(([field, message]) => ({ field, message }));
    return { ...known(error.status), mistakes };
  }
  if (error instanceof SessionStoreUnavailable) return SESSIONS_AWAY;
  if (error instanceof LoginRequired) {
    return { ...known(401), ...(error.endReason && { endReason: error.endReason }) };
  }
  if (error instanceof SessionEnded) return known(401);
  if (error instanceof FreshLoginRequired) return PASSWORD_AGAIN;
  if (isDatabaseOutage(error)) return DATABASE_AWAY;
  if (error instanceof TryAgainLater) return laterFor(error);
  if (error instanceof TooManyTries) return tooManyTries(error);
  if (error instanceof ProblemException) {
    return { status: error.getStatus(), title: error.title, detail: error.detail };
  }
  return known(statusOf(error));
}

const SESSIONS_AWAY: Problem = {
  status: 503,
  title: 'One moment, please',
  detail:
    'We can’t look up your session right now. You have not been logged out and nothing is lost: please try again in a moment.',
  retryAfterSeconds: 2,
};

const PASSWORD_AGAIN: Problem = {
  status: 401,
  title: 'Please log in again',
  detail: 'Your login is too long ago for this.',
};

const DATABASE_AWAY: Problem = {
  status: 503,
  title: 'One moment, please',
  detail: 'We can’t reach our database right now. Nothing is lost: please try again in a moment.',
  retryAfterSeconds: 2,
};

function tooManyTries({ retryAfterSeconds, wayOut }: TooManyTries): Problem {
  const wait = duration(retryAfterSeconds * 1_000);
  const limit = `To protect accounts from being guessed, this can be tried again in ${wait}.`;
  const detail = wayOut ? `${limit} ${wayOut.advice}` : limit;
  return { status: 429, title: 'Too many tries', detail, retryAfterSeconds };
}

function laterFor({ advice: detail, retryAfterSeconds }: TryAgainLater): Problem {
  return { status: 503, title: 'One moment, please', detail, retryAfterSeconds };
}

/** Nest's and Fastify's own errors carry a status; whatever else is thrown is a mistake of ours. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode;
  }
  return 500;
}

const WORDS: Readonly<Record<number, Omit<Problem, 'status'>>> = {
  400: { title: 'That request can’t be read', detail: 'Something in it is not as it should be.' },
  401: { title: 'Please log in', detail: 'You need to be logged in for this.' },
  403: { title: 'Not allowed', detail: 'This request was refused, for your protection.' },
  404: { title: 'Nothing here', detail: 'The page may have moved, or the address has a typo.' },
  413: { title: 'Too large', detail: 'That is more than this form takes.' },
  431: { title: 'Too large', detail: 'That request has more headers than we read.' },
  415: { title: 'Unknown format', detail: 'Please send it as a form does.' },
  422: { title: 'Something is not right yet', detail: 'Please check what is marked below.' },
  500: {
    title: 'That went wrong',
    detail: 'The mistake is ours and we have noted it. Please try again.',
  },
};

function known(status: number): Problem {
  const words = WORDS[status] ?? { title: STATUS_CODES[status] ?? 'Error', detail: '' };
  return { status, ...words };
}
