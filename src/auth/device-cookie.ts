import { hash, randomBytes } from 'node:crypto';

import {
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { CONFIG, type Config, DEVICE_COOKIE } from '../config/config.js';
import { isHttps } from '../config/public-url.js';
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
export const CurrentDevice = (field?: string): ParameterDecorator =>
  CurrentExchange(field, DeviceOfExchange);

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The field of the form that a browser without the cookie is known by. */
  readonly field: string | undefined;
}

const CurrentExchange = createParamDecorator(
  (field: string | undefined, context: ExecutionContext): Exchange => {
    const http = context.switchToHttp();
    return { request: http.getRequest(), reply: http.getResponse(), field };
  },
);

@Injectable()
class DeviceOfExchange implements PipeTransform<Exchange, Device> {
  readonly #name: string;
  readonly #attributes: string;

  constructor(@Inject(CONFIG) { server }: Config) {
    const secure = isHttps(server);
    this.#name = secure ? `__Secure-${DEVICE_COOKIE}` : DEVICE_COOKIE;
    this.#attributes = `Path=/login; HttpOnly; SameSite=Lax; Max-Age=${MAX_AGE_S}${secure ? '; Secure' : ''}`;
  }

  transform({ request, reply, field }: Exchange): Device {
    const [sent = ''] = cookieValues(request.headers.cookie, this.#name);
    const token = TOKEN_FORM.test(sent) ? sent : newToken(field && Object(request.body)[field]);
    reply.header('set-cookie', `${this.#name}=${token}; ${this.#attributes}`);
    const { requestId, address } = senderOf(request);
    return { token, name: deviceName(request.headers['user-agent'] ?? ''), requestId, address };
  }
}

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
