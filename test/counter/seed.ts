import { runSeed } from '../../prisma/seed.js';
import { CounterModule } from './counter.module.js';

await runSeed([CounterModule]);
