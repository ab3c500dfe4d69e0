import { Module } from '@nestjs/common';

import { PasswordRules } from './password-rules.js';
import { Passwords } from './passwords.js';

/** Which passwords may be chosen, and how they are kept. */
@Module({ providers: [PasswordRules, Passwords], exports: [PasswordRules, Passwords] })
export class PasswordsModule {}
