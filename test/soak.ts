/** How much of something a test does: a little on every change, and all of it in `npm run test:soak`. */
export function soak(short: number, whole: number): number {
  return process.env['SOAK'] ? whole : short;
}
