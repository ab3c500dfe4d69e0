import { start } from './workers/start.js';

await start(async () => (await import('./app.module.js')).FEATURES);
