import { type AddressInfo, connect } from 'node:net';
import { Writable } from 'node:stream';

import { fastify, type FastifyRequest } from 'fastify';
import { pino } from 'pino';

import { readClientIps, type Sender, senderOf } from '../../src/http/sender.js';

const silent = pino(new Writable({ write: (_chunk, _encoding, done) => done() }));

test('who has sent a request is known also after the connection was reset', async () => {
  const app = fastify();
  readClientIps(app, silent);
  const seen = new Promise<Sender>((resolve) => {
    const handler = async (request: FastifyRequest): Promise<void> => {
      client.resetAndDestroy();
      await new Promise((closed) => request.raw.socket.once('close', closed));
      resolve(senderOf(request));
    };
    app.route({ method: 'GET', url: '/', handler });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: app\r\n\r\n');
  expect(await seen).toMatchObject({ address: '127.0.0.1' });
  await app.close();
});
