import { Controller, Get } from '@nestjs/common';

import { Users } from '../account/users.js';
import { Public } from '../auth/public.decorator.js';
import { View } from '../http/view.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { CatalogService } from './catalog.service.js';

@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly users: Users,
  ) {}

  @Get()
  @Public()
  @View('shop')
  async shop(@CurrentSession() session: Session) {
    const [products, user] = await Promise.all([
      this.catalog.products(),
      session.owner && this.users.byId(session.owner),
    ]);
    return { products, greeting: user ? user.name.split(' ')[0] : null };
  }
}
