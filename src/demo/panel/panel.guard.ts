import { type CanActivate, Inject, Injectable, NotFoundException } from '@nestjs/common';

import { CONFIG, type Config } from '../../config/config.js';
import { hasPanel } from '../demo.settings.js';

/** Without the panel nothing that belongs to it is there. */
@Injectable()
export class PanelGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(): boolean {
    if (!hasPanel(this.config)) throw new NotFoundException();
    return true;
  }
}
