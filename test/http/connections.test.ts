import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { fastify, type FastifyInstance } from 'fastify';

import { Connections } from '../../src/http/connections.js';
import { until } from '../session/contract/until.js';

/** Longer than a connection may be idle while the server drains, in milliseconds. */
const TOO_LONG_MS = 1_500;

/** How long a client may leave an answer unread here, in milliseconds. */
const UNREAD_MS = 1_000;

const REQUEST = 'GET / HTTP/1.1\r\nHost: app\r\n\r\n';

let app: FastifyInstance;
let connections: Connections;
let listener: Server;
/** What the listener has taken, of each client. */
let accepted: Socket[];
beforeEach(async () => {
  app = fastify();
  connections = new Connections(app, 10, {}, UNREAD_MS);
  accepted = [];
  listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    accepted.push(socket);
    connections.add(socket);
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  listener.close();
  await app.close();
});

async function newClient(): Promise<Socket> {
  await app.ready();
  const client = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  await once(client, 'connect');
  return client;
}

/** A handler that answers when it is told to, with what it was asked for. */
function heldBack() {
  const begun: string[] = [];
  const waiting: (() => void)[] = [];
  app.get('/*', async ({ url }) => {
    begun.push(url);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return `answer to ${url}`;
  });
  const answer = async (): Promise<void> => {
    await until(async () => waiting.length > 0);
    waiting.shift()!();
  };
  return { begun, answer };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: app\r\n\r\n`;

/** All that a client is sent. */
function heard(client: Socket): () => string {
  let text = '';
  client.setEncoding('latin1').on('data', (data: string) => (text += data));
  return () => text;
}

test('a draining server that was busy for long answers what came meanwhile before it looks at who was idle', async () => {
  app.get('/', async () => 'a page');
  const client = await newClient();
  client.write(REQUEST);
  await once(client, 'data');

  const drained = connections.drain(10_000);
  // After this turn of the event loop it looks at its clocks first, and at what has come then.
  await new Promise(setImmediate);
  client.write(REQUEST);
  const began = performance.now();
  while (performance.now() - began < TOO_LONG_MS);

  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK.*a page$/s);
  expect(await drained).toBe(0);
});

describe('requests that a client sends ahead', () => {
  test('are handled one at a time, and answered in order', async () => {
    const { begun, answer } = heldBack();
    const client = await newClient();
    const text = heard(client);
    const paths = ['/1', '/2', '/3'];
    client.write(paths.map(get).join(''));
    for (const [i] of paths.entries()) {
      await until(async () => begun.length > i);
      expect(begun).toEqual(paths.slice(0, i + 1));
      await answer();
    }
    await until(async () => text().includes('answer to /3'));
    expect(text().match(/answer to \/\d/g)).toEqual([
      'answer to /1',
      'answer to /2',
      'answer to /3',
    ]);
    client.destroy();
  });

  test('wait for a body that is sent after 100 Continue', async () => {
    app.post('/*', async ({ url, body }) => `${url} got ${String(body)}`);
    const { answer } = heldBack();
    const client = await newClient();
    const text = heard(client);
    const head = 'Host: app\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n';
    client.write(`${get('/1')}POST /2 HTTP/1.1\r\n${head}Expect: 100-continue\r\n\r\n`);
    await answer();
    await until(async () => text().includes('100 Continue'));
    client.write('body');
    await until(async () => text().includes('/2 got body'));
    client.destroy();
  });

  test('are not begun any more when there are too many: the connection is cut off', async () => {
    const { begun, answer } = heldBack();
    const client = await newClient();
    client.resume();
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.write(get('/').repeat(5_000));
    await closed;
    await answer();
    // Nothing of it was begun before somebody else is answered.
    const next = await newClient();
    const text = heard(next);
    next.write(get('/next'));
    await until(async () => begun.includes('/next'));
    expect(begun).toEqual(['/', '/next']);
    await answer();
    await until(async () => text().includes('answer to /next'));
    next.destroy();
  });

  test('are left to another connection once the answer before them says that this one closes', async () => {
    const { begun, answer } = heldBack();
    const client = await newClient();
    const text = heard(client);
    client.write(get('/1') + get('/2'));
    await until(async () => begun.length > 0);
    const drained = connections.drain(10_000);
    await answer();
    expect(await drained).toBe(0);
    expect(text()).toMatch(/connection: close.*answer to \/1$/s);
    expect(begun).toEqual(['/1']);
  });
});

describe('an answer that its client does not take', () => {
  const LARGE = 'x'.repeat(20_000_000);

  test('is kept for a while only: the connection is cut off', async () => {
    app.get('/', async () => LARGE);
    const client = await newClient();
    client.pause();
    client.write(REQUEST);
    await once(accepted.at(-1)!, 'close');
    client.destroy();
  });

  test('is sent to the end as long as some of it is taken now and then', async () => {
    app.get('/', async () => LARGE);
    const client = await newClient();
    client.write(REQUEST);
    let bytes = 0;
    client.on('data', (data: Buffer) => {
      bytes += data.length;
      client.pause();
      setTimeout(() => client.resume(), 5);
    });
    await until(async () => bytes > LARGE.length);
    client.destroy();
  });

  test('is none while there is nothing to send: a stream of events may be silent', async () => {
    const streams: NodeJS.WritableStream[] = [];
    app.get('/', (_, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.raw.write('data: first\n\n');
      streams.push(reply.raw);
    });
    const client = await newClient();
    const text = heard(client);
    client.write(REQUEST);
    await until(async () => text().includes('first'));
    await once(app.server, 'timeout');
    streams[0]!.write('data: second\n\n');
    await until(async () => text().includes('second'));
    client.destroy();
  });
});
