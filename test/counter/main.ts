import { start } from '../../src/workers/start.js';

// The app of the tests: as src/main.ts, with a feature of theirs in place of those of the app.
await start(async () => [(await import('./counter.module.js')).CounterModule]);
