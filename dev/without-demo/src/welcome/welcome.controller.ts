import { Controller, Get } from '@nestjs/common';

import { Public } from '../auth/public.decorator.js';
import { View } from '../http/view.js';

@Controller()
@Public()
export class WelcomeController {
  @Get()
  @View('welcome')
  show() {
    return {};
  }
}
