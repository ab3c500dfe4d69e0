import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorModule } from '../second-factor/second-factor.module.js';
import { AccountController } from './account.controller.js';
import { DevicesController } from './devices.controller.js';
import { EmailChange } from './email-change.js';
import { EmailController } from './email.controller.js';
import { Leaving } from './leaving.js';
import { LeavingController } from './leaving.controller.js';
import { NameController } from './name.controller.js';
import { PasswordController } from './password.controller.js';
import { PasswordStrengthController } from './password-strength.controller.js';
import { SecondFactorChange } from './second-factor-change.js';
import { SecondFactorController } from './second-factor.controller.js';

/** What users may see and change of their own account. */
@Module({
  imports: [AuthModule, PasswordsModule, SecondFactorModule],
  controllers: [
    AccountController,
    DevicesController,
    NameController,
    EmailController,
    PasswordController,
    PasswordStrengthController,
    SecondFactorController,
    LeavingController,
  ],
  providers: [EmailChange, Leaving, SecondFactorChange],
})
export class AccountModule {}
