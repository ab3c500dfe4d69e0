type CleanUp = () => void;

const cleanUps: CleanUp[] = [];

/**
 * Does something when this process ends, in whatever way it can notice: the last that was asked for comes first.
 * It must be synchronous.
 */
export function atExit(cleanUp: CleanUp): void {
  if (cleanUps.push(cleanUp) > 1) return;
  process.on('exit', () => {
    for (const clean of cleanUps.toReversed()) clean();
  });
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => {
      // Somebody who stops things in an orderly way has a listener of their own, and ends the process themselves.
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
}
