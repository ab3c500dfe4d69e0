import type { Mail } from './mail.js';

/** A mail without its address, and without the app's name, which the mailer adds. */
export type Letter = Omit<Mail, 'to'>;

/** Nothing that a visitor has typed belongs into a letter: it goes to whoever they say. */
export function letter(subject: string, paragraphs: readonly string[]): Letter {
  return { subject, text: ['Hello,', ...paragraphs].join('\n\n') };
}
