import { type DynamicModule, Module } from '@nestjs/common';

import type { Config } from '../config/config.js';
import { isFolder } from '../mail/mail.module.js';
import { InboxController } from './inbox.controller.js';

/** A page of the mails, where they go into a folder. */
@Module({})
export class InboxModule {
  static with({ mail }: Config): DynamicModule {
    return { module: InboxModule, controllers: isFolder(mail) ? [InboxController] : [] };
  }
}
