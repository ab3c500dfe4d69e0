import { join } from 'node:path';

import { tempFolder } from './guard.js';
import { commandFor } from './install.js';
import { run } from './run.js';

export interface Certificate {
  /** Files in PEM: the authority's certificate, the server's, and its key. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority of its own and a server certificate for 127.0.0.1 and localhost. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = tempFolder('certificate');
  const [ca, caKey, certificate, key] = ['ca.pem', 'ca.key', 'server.pem', 'server.key'].map(
    (name) => join(folder, name),
  ) as [string, string, string, string];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  await openssl(...make, '-subj', '/CN=An authority', '-keyout', caKey, '-out', ca);
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost';
  await openssl(
    ...[...make, '-subj', '/CN=localhost', '-addext', names, '-CA', ca, '-CAkey', caKey],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', key, '-out', certificate],
  );
  return { ca, certificate, key };
}

async function openssl(...args: string[]): Promise<void> {
  const { ok, output } = await run([await commandFor(['openssl'], 'openssl'), ...args]);
  if (!ok) throw new Error(`openssl ${args.join(' ')} failed:\n${output}`);
}
