import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LoginGuard } from './login.guard.js';
import { LoginAgainController } from './login-again.controller.js';
import { Passwords } from './passwords.js';
import { Users } from './users.js';

@Module({
  controllers: [AuthController, LoginAgainController],
  providers: [AuthService, Passwords, Users, { provide: APP_GUARD, useClass: LoginGuard }],
  exports: [AuthService, Users],
})
export class AuthModule {}
