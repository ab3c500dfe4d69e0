import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

import { Public } from '../auth/public.decorator.js';
import { Database } from '../database/database.js';
import { Sessions } from '../session/sessions.js';
import { WorkerStatus } from './worker-status.js';

type Answer = 'ok' | 'unavailable';

/** For orchestrators and load balancers. It says whether something answers, and not why: that is in the log. */
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly worker: WorkerStatus,
    private readonly sessions: Sessions,
    private readonly database: Database,
  ) {}

  /** Whether the process works: if not, start it anew. A server that is away is no reason to. */
  @Get(['', 'live'])
  @RouteConfig({ servedUnderPressure: true })
  live() {
    return { status: 'ok' };
  }

  /** Whether to send requests here. */
  @Get('ready')
  @RouteConfig({ servedUnderPressure: true })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const [sessions, database] = await Promise.all([
      answerOf(this.sessions.ping()),
      answerOf(this.database.$queryRaw`SELECT 1`),
    ]);
    const ready = !this.worker.draining && sessions === 'ok' && database === 'ok';
    if (!ready) reply.code(503);
    return {
      status: this.worker.draining ? 'draining' : ready ? 'ok' : 'unavailable',
      sessions,
      database,
    };
  }
}

async function answerOf(asked: Promise<unknown>): Promise<Answer> {
  try {
    await asked;
    return 'ok';
  } catch {
    return 'unavailable';
  }
}
