import { join } from 'node:path';

import { AuthModule } from '../auth/auth.module.js';
import { Feature } from '../feature/feature.js';
import { LoginLinkController } from './login-link.controller.js';

/** A login without a password: by a link that comes by email. */
@Feature({
  name: 'login-link',
  imports: [AuthModule],
  controllers: [LoginLinkController],
  views: join(import.meta.dirname, 'views'),
})
export class LoginLinkModule {}
