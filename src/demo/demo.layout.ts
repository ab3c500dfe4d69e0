import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { CONFIG, type Config } from '../config/config.js';
import type { LayoutPart } from '../feature/feature.js';
import type { Session } from '../session/session.js';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo.seed.js';
import { hasPanel } from './demo.settings.js';
import { BehindThisPage } from './panel/behind-this-page.js';

/** What the templates of views/demo/slots/ show on the pages of the app. */
@Injectable()
export class DemoLayout implements LayoutPart {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly panel: BehindThisPage,
  ) {}

  of(session: Session | null, request: FastifyRequest) {
    const { environment } = this.config;
    return {
      accounts: environment === 'development' ? ACCOUNTS : undefined,
      panel: hasPanel(this.config) ? this.panel.of(session, request) : undefined,
    };
  }
}

const ACCOUNTS = DEMO_ACCOUNTS.map(({ email }) => ({ email, password: DEMO_PASSWORD }));
