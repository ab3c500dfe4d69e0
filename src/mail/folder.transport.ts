import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Mail, MailTransport, OutgoingMail } from './mail.js';

/** A mail as it lies in the folder. */
export interface DeliveredMail extends Mail {
  readonly from: string;
  /** ISO 8601 */
  readonly sentAt: string;
}

/** Puts mails into a folder instead of sending them, a JSON file each: for development, where a page shows them. */
export class FolderTransport implements MailTransport {
  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {}

  async send({ id, to, subject, text }: OutgoingMail): Promise<void> {
    const sentAt = new Date().toISOString();
    const delivered: DeliveredMail = { to, subject, text, from: this.from, sentAt };
    const file = join(this.folder, `${sentAt.replaceAll(':', '-')}-${id}`);
    await mkdir(this.folder, { recursive: true });
    await writeFile(`${file}.tmp`, JSON.stringify(delivered));
    await rename(`${file}.tmp`, `${file}.json`);
  }

  /** The newest mails, the newest first. */
  async newest(count: number): Promise<DeliveredMail[]> {
    await mkdir(this.folder, { recursive: true });
    const files = (await readdir(this.folder)).filter((name) => name.endsWith('.json')).toSorted();
    const newest = files.toReversed().slice(0, count);
    return Promise.all(
      newest.map(
        async (file) =>
          JSON.parse(await readFile(join(this.folder, file), 'utf8')) as DeliveredMail,
      ),
    );
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
