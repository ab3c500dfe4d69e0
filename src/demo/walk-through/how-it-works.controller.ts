import {
  Controller,
  Get,
  Header,
  Inject,
  NotFoundException,
  Param,
  Query,
  Render,
  Req,
  UseGuards,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Public } from '../../auth/public.decorator.js';
import { CONFIG, type Config } from '../../config/config.js';
import { PanelGuard } from '../panel/panel.guard.js';
import { HowItWorks } from './how-it-works.js';
import { linesOf } from './source-file.js';
import { sourceLines } from './source-lines.js';

/** The walk-through, and the source files that it names: those and no others. */
@Controller('how-it-works')
@Public()
@UseGuards(PanelGuard)
export class HowItWorksController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly howItWorks: HowItWorks,
  ) {}

  /** The connection is not kept, so that the next request comes over another one, and may reach another worker. */
  @Get()
  @Header('connection', 'close')
  @Render('demo/how-it-works')
  async show(@Req() request: FastifyRequest, @Query('answers') answers: unknown) {
    return this.howItWorks.of(await request.session.loadIfAvailable(), request, answers);
  }

  @Get('*')
  @Render('demo/source')
  async source(@Param('*') file: string) {
    const steps = Object.values(sourceLines(this.config.session.store));
    const named = steps.flat().filter((line) => line.file === file);
    const lines = named.length > 0 ? await linesOf(file, named) : null;
    if (!lines) throw new NotFoundException();
    return { file, lines };
  }
}
