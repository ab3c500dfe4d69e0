import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { AccessByMail } from './access-by-mail.js';
import { RecoveryController } from './recovery.controller.js';
import { SignupController } from './signup.controller.js';

/** The ways in that lead through a mailbox: a new account, and a new password for one. */
@Module({
  imports: [AuthModule, PasswordsModule],
  controllers: [SignupController, RecoveryController],
  providers: [AccessByMail],
})
export class SignupModule {}
