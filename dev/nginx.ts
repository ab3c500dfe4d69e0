import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort, isFree } from './free-port.js';
import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { ServerProcess } from './server-process.js';

export interface Nginx extends ServerProcess {
  readonly url: string;
}

/**
 * Starts a private nginx that gives each request to any of the machines, whoever it comes from.
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

function configuration(folder: string, port: number, machines: readonly string[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  upstream machines {
    random;
    ${machines.map((url) => `server ${new URL(url).host};`).join('\n    ')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://machines;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
}
