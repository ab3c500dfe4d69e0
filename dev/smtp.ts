import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

/** A mail server on this machine that keeps what it is sent. */
export interface SmtpServer {
  /** As the program takes it in MAIL_URL. */
  readonly url: string;
  /** The sources of the emails that came, and whom they are for. */
  readonly received: readonly ReceivedEmail[];
  /** How many clients wait for it to be released. */
  readonly held: number;
  /** From now on nobody is greeted, and no email begun, until it is released. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

export interface ReceivedEmail {
  readonly to: string;
  readonly source: string;
}

export interface SmtpOptions {
  /** By default a free one. */
  readonly port?: number;
  /** What it answers to a sender, or to the recipients at a domain, in place of taking them. */
  readonly refusals?: Readonly<Record<string, string>>;
}

/** Stands for the sender in `refusals`. */
export const SENDER = 'the sender';

export async function startSmtp({
  port = 0,
  refusals = {},
}: SmtpOptions = {}): Promise<SmtpServer> {
  const received: ReceivedEmail[] = [];
  let held: (() => void)[] | null = null;
  const unlessHeld = (answer: () => void): void => {
    if (held) held.push(answer);
    else answer();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Clients keep connections for their next email.
    closeTimeout: 100,
    onConnect(_session, greet) {
      unlessHeld(greet);
    },
    onMailFrom(_address, _session, done) {
      unlessHeld(() => done(refusal(refusals[SENDER])));
    },
    onRcptTo({ address }, _session, done) {
      done(refusal(refusals[address.split('@')[1] ?? '']));
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
  // A client that goes away before it is greeted is none of the server's errors.
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    get held() {
      return held?.length ?? 0;
    },
    hold() {
      held ??= [];
    },
    release() {
      const waiting = held ?? [];
      held = null;
      for (const answer of waiting) answer();
    },
    stop: async () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** @param reply a code and what follows it, such as `550 5.1.1 no such mailbox` */
function refusal(reply: string | undefined): Error | null {
  if (reply === undefined) return null;
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}
