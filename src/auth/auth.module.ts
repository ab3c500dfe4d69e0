import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { AccountModule } from '../account/account.module.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { LoginGuard } from './login.guard.js';
import { Passwords } from './passwords.js';

@Module({
  imports: [AccountModule],
  controllers: [AuthController],
  providers: [AuthService, Passwords, { provide: APP_GUARD, useClass: LoginGuard }],
})
export class AuthModule {}
