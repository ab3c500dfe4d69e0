/** A worker that has answered. */
export interface Answer {
  /** Null for a single process. */
  readonly number: number | null;
  readonly pid: number;
}

const PID = /^\d{1,10}$/;
const NUMBER = /^\d{1,6}$/;

/** As many as an address shows without a fuss. */
const MOST = 8;

/**
 * Who has answered so far, as the address of a page lists it: `2-4711.1-4712`. Workers remember nothing of a visitor,
 * and it is not worth a place in the session.
 */
export function readAnswers(listed: unknown): Answer[] {
  if (typeof listed !== 'string') return [];
  const answers = listed.split('.').flatMap((answer) => {
    const [pid = '', number, ...rest] = answer.split('-').toReversed();
    const isAnswer = PID.test(pid) && (number === undefined || NUMBER.test(number));
    if (!isAnswer || rest.length > 0) return [];
    return [{ number: number === undefined ? null : Number(number), pid: Number(pid) }];
  });
  return answers.slice(1 - MOST);
}

export function listAnswers(answers: readonly Answer[]): string {
  return answers.map(({ number, pid }) => (number === null ? pid : `${number}-${pid}`)).join('.');
}
