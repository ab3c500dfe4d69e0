import { Controller, Post, Redirect, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { Public } from '../../auth/public.decorator.js';
import { WorkerStatus } from '../../health/worker-status.js';
import { defineForm, FormBody, type ValuesOf } from '../../http/form.js';
import { FormRejected } from '../../http/http.errors.js';
import { localPath } from '../../http/local-path.js';
import { PanelGuard } from './panel.guard.js';
import { killSibling } from './sibling-process.js';

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
@UseGuards(PanelGuard)
export class KillWorkerController {
  constructor(private readonly worker: WorkerStatus) {}

  @Post('kill-worker')
  @Redirect('/', 303)
  async kill(
    @FormBody(killForm) form: ValuesOf<typeof killForm>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (this.worker.number === null) {
      throw new FormRejected(killForm, form, { form: NO_SUPERVISOR });
    }
    // The browser's next request comes over a new connection, and so to another worker.
    reply.header('connection', 'close');
    if (form.pid === this.worker.pid) this.#endAfter(request);
    else if (!(await killSibling(form.pid))) {
      throw new FormRejected(killForm, form, { pid: NO_WORKER });
    }
    return { url: localPath(form.next) };
  }

  /** Kills this worker once the browser has its answer. */
  #endAfter({ raw }: FastifyRequest): void {
    this.worker.takesConnections = false;
    const end = () => process.kill(process.pid, 'SIGKILL');
    if (raw.socket.destroyed) end();
    raw.socket.once('close', end);
    setTimeout(end, LONGEST_ANSWER_MS);
  }
}

/** A browser that takes longer to take its answer goes without. */
const LONGEST_ANSWER_MS = 1_000;

const NO_SUPERVISOR = 'There is a single process, and nobody who would start another.';
const NO_WORKER = 'is not the process id of a worker';
