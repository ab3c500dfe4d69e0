import { Module } from '@nestjs/common';

import { WelcomeController } from './welcome.controller.js';

/** The page that everybody sees first. */
@Module({ controllers: [WelcomeController] })
export class WelcomeModule {}
