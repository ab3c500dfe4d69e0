import { execFile, type ExecFileOptions } from 'node:child_process';

export interface Outcome {
  readonly ok: boolean;
  /** What it wrote, or why it could not be run. */
  readonly output: string;
}

/** Runs a program to its end. That it fails is an answer, not an error. */
export async function run(
  [program = '', ...args]: readonly string[],
  options: ExecFileOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { ...options, encoding: 'utf8', maxBuffer: Infinity },
      (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        resolve({ ok: error === null, output: output || (error?.message ?? '') });
      },
    );
  });
}
