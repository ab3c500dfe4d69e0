import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

export interface SmtpServer {
  /** As the program takes it in MAIL_URL. */
  readonly url: string;
  /** The sources of the mails that came, and whom they are for. */
  readonly received: readonly { readonly to: string; readonly source: string }[];
  stop(): Promise<void>;
}

/** A mail server on this machine that keeps what it is sent. It has no mailbox for addresses at `refused.example`. */
export async function startSmtp(): Promise<SmtpServer> {
  const received: { to: string; source: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const refused = address.endsWith('@refused.example');
      done(refused ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null);
    },
    onData(stream, { envelope }, done) {
      let source = '';
      stream.setEncoding('utf8').on('data', (part: string) => (source += part));
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo[0]?.address ?? '', source });
        done();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    stop: async () => new Promise((resolve) => server.close(() => resolve())),
  };
}
