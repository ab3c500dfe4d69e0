import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Page } from '@playwright/test';

/** How many pieces the content of a page comes in. */
const PIECES = 12;

/** Opens a page as over a slow line: it comes in pieces, and the browser has painted each before the next one comes. */
export async function openInPieces(page: Page, url: URL): Promise<void> {
  let begun: (response: ServerResponse) => void;
  const beginning = new Promise<ServerResponse>((resolve) => {
    begun = resolve;
  });
  const html = await (await fetch(url)).text();
  const server = createServer((request, response) => {
    if (request.url === url.pathname) {
      response.setHeader('content-type', 'text/html; charset=utf-8').flushHeaders();
      begun(response);
    } else void passOn(new URL(request.url ?? '', url), response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    const slow = `http://127.0.0.1:${port}${url.pathname}`;
    const opened = page.goto(slow);
    const response = await beginning;
    for (const [index, piece] of piecesOf(html).entries()) {
      response.write(piece);
      if (index === 0) await page.waitForURL(slow, { waitUntil: 'commit' });
      await page.evaluate(
        'new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))',
      );
    }
    response.end();
    await opened;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The first has all that stands above the content: a browser paints nothing before it has the stylesheet. */
function piecesOf(html: string): string[] {
  const start = html.indexOf('<main');
  const size = Math.ceil((html.length - start) / PIECES);
  const cuts = Array.from({ length: PIECES }, (_, i) => start + i * size);
  return [html.slice(0, start), ...cuts.map((cut) => html.slice(cut, cut + size))];
}

async function passOn(url: URL, response: ServerResponse): Promise<void> {
  const answer = await fetch(url);
  response.setHeader('content-type', answer.headers.get('content-type') ?? '');
  response.end(Buffer.from(await answer.arrayBuffer()));
}
