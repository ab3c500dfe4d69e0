import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { tempFolder } from './guard.js';

export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const POLL_MS = 10;
const DEADLINE_MS = 10_000;

/** A folder for the program to put its mails into, instead of a mail server. */
export class Mailbox {
  readonly #folder;

  /** @param folder where the mails are; a new one by default */
  constructor(folder = tempFolder('mails')) {
    this.#folder = folder;
  }

  /** As the program takes it in MAIL_URL. */
  get url(): string {
    return pathToFileURL(this.#folder).href;
  }

  /** All mails to an address, the oldest first. */
  mailsTo(address: string): ReceivedMail[] {
    return this.all().filter(({ to }) => to === address.toLowerCase());
  }

  /** The newest mail to an address with this in its subject, once there is one. */
  async mailTo(address: string, subject = ''): Promise<ReceivedMail> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const mail = this.mailsTo(address).findLast((each) => each.subject.includes(subject));
      if (mail) return mail;
      if (Date.now() > deadline) throw new Error(`there is no mail “${subject}” to ${address}`);
      await pause(POLL_MS);
    }
  }

  /** All of them, the oldest first. */
  all(): ReceivedMail[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as ReceivedMail);
  }
}

/** The token in the link of a mail. */
export function tokenIn(mail: ReceivedMail): string {
  return new URLSearchParams(linkIn(mail).split('?')[1]).get('token') ?? '';
}

/** The path and the query of the link in a mail. @throws Error when there is none */
export function linkIn({ subject, text }: ReceivedMail): string {
  const [link] = /https?:\/\/\S+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`“${subject}” has no link`);
  const { pathname, search } = new URL(link);
  return pathname + search;
}
