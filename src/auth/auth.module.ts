import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorModule } from '../second-factor/second-factor.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { refuseFormsOfOthers } from './form-account.js';
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
  exports: [AuthService, Login, LoginFreshness, Users],
})
export class AuthModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    refuseFormsOfOthers(this.host.httpAdapter.getInstance<FastifyInstance>());
  }
}
