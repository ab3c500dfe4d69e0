import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { AccountController } from './account.controller.js';
import { DevicesController } from './devices.controller.js';
import { PasswordController } from './password.controller.js';

/** What users may see and change of their own account. */
@Module({
  imports: [AuthModule],
  controllers: [AccountController, DevicesController, PasswordController],
})
export class AccountModule {}
