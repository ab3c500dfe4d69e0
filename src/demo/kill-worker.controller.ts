import { Controller, Post, Redirect, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { Public } from '../auth/public.decorator.js';
import { WorkerStatus } from '../health/worker-status.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { localPath } from '../http/local-path.js';

const killForm = defineForm({
  pid: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'takes the process id of a worker')
    .transform(Number),
  next: z.string().optional(),
});

/** Kills a worker, for people who want to see that nobody notices. */
@Controller('demo')
@Public()
export class KillWorkerController {
  constructor(private readonly worker: WorkerStatus) {}

  @Post('kill-worker')
  @Redirect('/', 303)
  async kill(
    @FormBody(killForm) form: ValuesOf<typeof killForm>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { killWorker, pid } = this.worker;
    if (!killWorker) throw new FormRejected(killForm, form, { form: NO_SUPERVISOR });
    if (!(await killWorker(form.pid))) throw new FormRejected(killForm, form, { pid: NO_WORKER });
    // The browser's next request comes over a new connection, and so to another worker.
    reply.header('connection', 'close');
    if (form.pid === pid) request.raw.socket.once('close', () => process.kill(pid, 'SIGKILL'));
    return { url: localPath(form.next) };
  }
}

const NO_SUPERVISOR = 'There is a single process, and nobody who would start another.';
const NO_WORKER = 'is not the process id of a worker';
