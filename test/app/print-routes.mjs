// Prints the routes that the built program declares, as JSON: `GET /login`. Jest can't load all of it on each Node.js.
import { pino } from 'pino';

import { AppModule } from '../../dist/src/app.module.js';
import { loadConfig } from '../../dist/src/config/load-config.js';
import { WorkerStatus } from '../../dist/src/health/worker-status.js';
import { createApp } from '../../dist/src/http/create-app.js';

const config = loadConfig('config/server.yaml', process.env);
const module = AppModule.with(config, new WorkerStatus());
const app = await createApp(module, config, pino({ level: 'silent' }), `${process.cwd()}/public`);
const routes = [];
app
  .getHttpAdapter()
  .getInstance()
  .addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push(`${each} ${url}`);
  });
await app.init();
await app.close();
process.stdout.write(JSON.stringify(routes));
