import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorModule } from '../second-factor/second-factor.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { KnownDevices } from './known-devices.js';
import { Login } from './login.js';
import { LoginCodeController } from './login-code.controller.js';
import { LoginFreshness } from './login-freshness.js';
import { LoginGuard } from './login.guard.js';
import { LoginAgainController } from './login-again.controller.js';
import { Users } from './users.js';

@Module({
  imports: [PasswordsModule, SecondFactorModule],
  controllers: [AuthController, LoginCodeController, LoginAgainController],
  providers: [
    AuthService,
    KnownDevices,
    Login,
    LoginFreshness,
    Users,
    { provide: APP_GUARD, useClass: LoginGuard },
  ],
  exports: [AuthService, LoginFreshness, Users],
})
export class AuthModule {}
