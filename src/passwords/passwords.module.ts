import { Module } from '@nestjs/common';

import { PasswordRules } from './password-rules.js';
import { Passwords } from './passwords.js';
import { StrengthEstimator } from './strength-estimator.js';

const strengthEstimator = {
  provide: StrengthEstimator,
  useFactory: () => new StrengthEstimator(new URL('./strength-thread.js', import.meta.url)),
};

/** Which passwords may be chosen, and how they are kept. */
@Module({
  providers: [PasswordRules, Passwords, strengthEstimator],
  exports: [PasswordRules, Passwords],
})
export class PasswordsModule {}
