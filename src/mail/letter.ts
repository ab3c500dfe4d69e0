import type { Mail } from './mail.js';

/** A mail without its address. */
export type Letter = Omit<Mail, 'to'>;

/** Nothing that a visitor has typed belongs into a letter: it goes to whoever they say. */
export function letter(subject: string, paragraphs: readonly string[]): Letter {
  const text = ['Hello,', ...paragraphs, 'Leaf & Kettle'].join('\n\n');
  return { subject: `${subject} · Leaf & Kettle`, text: `${text}\n` };
}
