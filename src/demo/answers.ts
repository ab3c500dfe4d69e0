/** A worker that has answered. */
export interface Answer {
  /** Null for a single process. */
  readonly number: number | null;
  readonly pid: number;
}

/** As many as an address shows without a fuss. */
const MOST = 8;

/**
 * Who has answered so far, as the address of a page lists it: `2-4711.1-4712`. Workers remember nothing of a visitor,
 * and it is not worth a place in the session.
 */
export function readAnswers(listed: unknown): Answer[] {
  if (typeof listed !== 'string') return [];
  const answers = listed.split('.').flatMap((answer) => {
    const [, number, pid] = /^(?:(\d{1,6})-)?(\d{1,10})$/.exec(answer) ?? [];
    return pid === undefined ? [] : [{ number: number ? Number(number) : null, pid: Number(pid) }];
  });
  return answers.slice(1 - MOST);
}

export function listAnswers(answers: readonly Answer[]): string {
  return answers.map(({ number, pid }) => (number === null ? pid : `${number}-${pid}`)).join('.');
}
