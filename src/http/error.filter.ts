import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { stateOf } from './form.js';
import {
  FormRejected,
  FreshLoginRequired,
  LoginRequired,
  Overloaded,
  ProblemException,
  SeeOtherException,
  TooManyTries,
  type WayOn,
} from './http.errors.js';
import { linkWithNext, localPath } from './local-path.js';
import { Pages } from './pages.js';
import { securityEvent } from './security-events.js';
import { senderOf } from './sender.js';
import { type Problem, problemOf } from './problem.js';
import { wantsJson } from './wants-json.js';

/** Turns whatever is thrown into an answer: a page, a redirect to the login page, or problem details. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  constructor(private readonly pages: Pages) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof SeeOtherException) {
      await reply.redirect(error.url, 303);
      return;
    }
    const problem = problemOf(error);
    this.#log(problem, error);
    if (problem.status === 403 && !(error instanceof FormRejected)) {
      const event = request.method === 'GET' ? 'authz_fail' : 'malicious_csrf';
      securityEvent(event, senderOf(request));
    }
    if (reply.sent) return;

    if (problem.retryAfterSeconds) reply.header('retry-after', problem.retryAfterSeconds);
    if (wantsJson(request)) {
      const { retryAfterSeconds, ...details } = problem;
      await reply.code(problem.status).type('application/problem+json').send(details);
    } else if (problem.status === 401 && !(error instanceof FormRejected)) {
      await reply.redirect(loginPageFor(request, error), 303);
    } else {
      reply.code(problem.status);
      await this.#sendPage(request, reply, error, problem);
    }
  }

  /** The layout, or what a feature shows in it, may be what has failed: then the title has to do. */
  async #sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
    problem: Problem,
  ): Promise<void> {
    let page: string;
    try {
      page = await this.#page(request, error, problem);
    } catch (cause) {
      this.#log({ ...problem, status: 500 }, cause);
      await reply.type('text/plain; charset=utf-8').send(problem.title);
      return;
    }
    await reply.type('text/html; charset=utf-8').send(page);
  }

  async #page(request: FastifyRequest, error: unknown, problem: Problem): Promise<string> {
    if (error instanceof FormRejected && error.form.page) {
      const { view, model } = error.form.page;
      const form = model(stateOf(error));
      return this.pages.render(request, view, { ...form, ...error.page, isRejected: true });
    }
    const { detail: explanation, ...rest } = problem;
    const model = { ...rest, explanation, waysOn: waysOnFrom(error, problem, request) };
    if (error instanceof Overloaded) return this.pages.renderForAnybody(request, 'error', model);
    return this.pages.render(request, 'error', model);
  }

  #log(problem: Problem, error: unknown): void {
    if (problem.status < 500) return;
    const message = error instanceof Error ? error.message : String(error);
    if (problem.status === 503) this.#logger.error(`503: ${message}`);
    else this.#logger.error(message, error instanceof Error ? error.stack : undefined);
  }
}

function waysOnFrom(error: unknown, problem: Problem, request: FastifyRequest): readonly WayOn[] {
  if (error instanceof ProblemException && error.waysOn.length > 0) return error.waysOn;
  if (error instanceof TooManyTries && error.wayOut) return [error.wayOut];
  if (isRead(request)) {
    const again = { label: 'Try again', href: localPath(request.url) };
    return problem.retryAfterSeconds ? [again] : [];
  }
  // A link can't send a form again, but its page can. What was refused may come from another site's page.
  const from = problem.status === 403 ? undefined : pageOfForm(request);
  return from === undefined ? [] : [{ label: 'Back to where you were', href: from }];
}

/** The login page, which goes on to where the browser was; a form that was sent can't be sent again by a redirect. */
function loginPageFor(request: FastifyRequest, error: unknown): string {
  const { url } = request;
  const read = isRead(request);
  if (error instanceof FreshLoginRequired) {
    const next = error.returnTo ?? (read ? url : pageOfForm(request));
    return linkWithNext('/login/again', next);
  }
  const { returnTo } = error instanceof LoginRequired ? error : {};
  return linkWithNext('/login', returnTo ?? (read ? url : undefined));
}

/** The page that a form was sent from, as the browser names it. */
function pageOfForm({ headers }: FastifyRequest): string | undefined {
  const from = URL.parse(headers.referer ?? '');
  return from ? localPath(from.pathname + from.search) : undefined;
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}
