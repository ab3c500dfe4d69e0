import { hash } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { defineForm } from '../http/form.js';
import { FormRejected, ProblemException } from '../http/http.errors.js';

/** 128 bits. */
const CHARACTERS = 22;

/** The hidden field of a form that says which user its page was made for, in each page that is shown to a user. */
const accountForm = defineForm({ account: z.string().regex(/^[\w-]{22}$/) });

/** What the field holds for a user. It says whether two forms are one user's, and not whose. */
export function formAccountOf(userId: string): string {
  return hash('sha256', `form ${userId}`, 'base64url').slice(0, CHARACTERS);
}

/**
 * Refuses forms that were opened as one user when another is logged in by now, before anything reads them. A form without
 * the field goes on, and so does one where nobody is logged in any more: that leads to the login, or is a guest's.
 */
export function refuseFormsOfOthers(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', async (request) => {
    if (isForm(request.body) && 'account' in request.body) await check(request, request.body);
  });
}

async function check(request: FastifyRequest, body: Fields): Promise<void> {
  const { account, ...fields } = body;
  if (!accountForm.fields.safeParse({ account }).success) {
    throw new FormRejected(accountForm, body, { account: 'is not what a page of this app sends' });
  }
  request.body = fields;
  const { owner } = await request.session.load();
  if (owner !== null && formAccountOf(owner) !== account) throw new FormOfOtherAccountException();
}

type Fields = Readonly<Record<string, unknown>>;

function isForm(body: unknown): body is Fields {
  return typeof body === 'object' && body !== null;
}

/** A form was opened by a user, and sent when another was logged in. Nothing was done. */
class FormOfOtherAccountException extends ProblemException {
  constructor() {
    super(
      409,
      'You are logged in as somebody else now',
      'This form was opened as another user, so nothing was changed. Open its page again to go on as who you are now.',
    );
  }
}
