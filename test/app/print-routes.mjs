// Prints the routes of the built app with a feature, as JSON: `GET /login`. Jest can't load all of it on each Node.js.
import { resolve } from 'node:path';

import { pino } from 'pino';

import { AppModule } from '../../dist/src/app.module.js';
import { loadConfig } from '../../dist/src/config/load-config.js';
import { WorkerStatus } from '../../dist/src/health/worker-status.js';
import { createApp } from '../../dist/src/http/create-app.js';

const [, , file] = process.argv;
const features = Object.values(await import(resolve(file)));
const config = await loadConfig('config/server.yaml', process.env);
const module = AppModule.with(features, config, new WorkerStatus());
const app = await createApp(module, config, pino({ level: 'silent' }));
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
