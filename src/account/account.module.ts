import { Module } from '@nestjs/common';

import { DevicesController } from './devices.controller.js';

/** What users may see and change of their own account. */
@Module({ controllers: [DevicesController] })
export class AccountModule {}
