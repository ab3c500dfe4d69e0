import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { SecondFactorModule } from '../second-factor/second-factor.module.js';
import { AccessByMail } from './access-by-mail.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { KnownDevices } from './known-devices.js';
import { Login } from './login.js';
import { LoginCodeController } from './login-code.controller.js';
import { LoginFreshness } from './login-freshness.js';
import { LoginGuard } from './login.guard.js';
import { LoginAgainController } from './login-again.controller.js';
import { PasswordRules } from './password-rules.js';
import { PasswordStrengthController } from './password-strength.controller.js';
import { Passwords } from './passwords.js';
import { RecoveryController } from './recovery.controller.js';
import { SignupController } from './signup.controller.js';
import { Users } from './users.js';

@Module({
  imports: [SecondFactorModule],
  controllers: [
    ...[AuthController, LoginCodeController, LoginAgainController],
    ...[SignupController, RecoveryController, PasswordStrengthController],
  ],
  providers: [
    ...[AccessByMail, AuthService, KnownDevices, Login, LoginFreshness],
    ...[PasswordRules, Passwords, Users],
    { provide: APP_GUARD, useClass: LoginGuard },
  ],
  exports: [AuthService, LoginFreshness, PasswordRules, Users],
})
export class AuthModule {}
