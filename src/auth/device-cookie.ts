import { hash, randomBytes } from 'node:crypto';

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Sender, senderOf } from '../http/sender.js';
import { cookieValues } from '../session/cookie-values.js';
import { deviceName } from './device-name.js';

/** A browser at the login page: what it is called, and by what it is known again. */
export interface Device extends Sender {
  /** A secret of the browser's own. It says which browser it is and not who uses it, and opens nothing. */
  readonly token: string;
  /** In words. */
  readonly name: string;
}

const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[\w-]{43}$/;

/** A year from the last login on. */
const MAX_AGE_S = 365 * 86_400;

/**
 * The browser that a login comes from, for a handler's parameter: `@CurrentDevice() device: Device`. It gets a cookie to
 * be known by, which it sends to the login pages alone. On another page `@CurrentDevice('token')` names the field of the
 * form that it is known by instead: the same form sent twice comes from one device.
 */
export const CurrentDevice = createParamDecorator(
  (field: string | undefined, context: ExecutionContext): Device => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const secure = request.protocol === 'https';
    const cookie = secure ? '__Secure-device' : 'device';
    const [sent = ''] = cookieValues(request.headers.cookie, cookie);
    const token = TOKEN_FORM.test(sent) ? sent : newToken(field && Object(request.body)[field]);
    const attributes = `Path=/login; HttpOnly; SameSite=Lax; Max-Age=${MAX_AGE_S}`;
    reply.header('set-cookie', `${cookie}=${token}; ${attributes}${secure ? '; Secure' : ''}`);
    const name = deviceName(request.headers['user-agent'] ?? '');
    return { token, name, ...senderOf(request) };
  },
);

/** A browser whose cookie does not come here, and which gets none. */
export function unknownDevice(sender: Sender): Device {
  return { ...sender, token: '', name: '' };
}

function newToken(secret: unknown): string {
  return typeof secret === 'string'
    ? hash('sha256', `device ${secret}`, 'base64url')
    : randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is kept of a device that a user has logged in with: nothing that says it is the same as another user's. */
export function deviceHash(userId: string, { token }: Device): string {
  return hash('sha256', `device ${userId} ${token}`, 'base64url');
}
