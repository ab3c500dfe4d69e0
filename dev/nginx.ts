import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort, isFree } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { ServerProcess } from './server-process.js';

export interface Nginx extends ServerProcess {
  readonly url: string;
}

/**
 * Starts a private nginx as deploy/nginx.conf sets it up: it gives each request to any of the machines, whoever it comes from.
 * @param machines where they listen: `http://host:port`
 * @throws NotInstalled when there is none and none can be installed
 */
export async function startNginx(machines: readonly string[]): Promise<Nginx> {
  const command = await commandFor(['nginx'], 'nginx-light');
  const port = await freePort();
  const folder = tempFolder('nginx');
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, machines));
  const server = new ServerProcess({
    command,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    folder,
    port,
    stopSignal: 'SIGQUIT',
    answers: async () => !(await isFree(port)),
  });
  await server.start();
  return Object.assign(server, { url: `http://127.0.0.1:${port}` });
}

/** What runs in production, with other addresses: deploy/nginx.conf stands inside `http`. */
function configuration(folder: string, port: number, machines: readonly string[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const site = readFileSync('deploy/nginx.conf', 'utf8')
    .replace(/server app:3000 resolve(.*;)/, (_, parameters) =>
      machines.map((url) => `server ${new URL(url).host}${parameters}`).join(' '),
    )
    .replace('listen 8080;', `listen 127.0.0.1:${port};`);
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  ${site}
}
`;
}
