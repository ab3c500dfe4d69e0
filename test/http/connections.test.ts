import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

import { fastify } from 'fastify';

import { Connections } from '../../src/http/connections.js';

/** Longer than a connection may be idle while the server drains, in milliseconds. */
const TOO_LONG_MS = 1_500;

test('a draining server that was busy for long answers what came meanwhile before it looks at who was idle', async () => {
  const app = fastify();
  app.get('/', async () => 'a page');
  const connections = new Connections(app, 10);
  await app.ready();
  const listener = createServer({ pauseOnConnect: true }, (socket) => connections.add(socket));
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const ask = () => client.write('GET / HTTP/1.1\r\nHost: app\r\n\r\n');
  ask();
  await once(client, 'data');

  const drained = connections.drain(10_000);
  // After this turn of the event loop it looks at its clocks first, and at what has come then.
  await new Promise(setImmediate);
  ask();
  const began = performance.now();
  while (performance.now() - began < TOO_LONG_MS);

  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK.*a page$/s);
  expect(await drained).toBe(0);
  listener.close();
  await app.close();
});
