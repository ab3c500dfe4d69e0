import { APP_NAME } from '../config/app-name.js';
import type { Mail } from './mail.js';

/** A mail without its address. */
export type Letter = Omit<Mail, 'to'>;

/** Nothing that a visitor has typed belongs into a letter: it goes to whoever they say. */
export function letter(subject: string, paragraphs: readonly string[]): Letter {
  const text = ['Hello,', ...paragraphs, APP_NAME].join('\n\n');
  return { subject: `${subject} · ${APP_NAME}`, text: `${text}\n` };
}
