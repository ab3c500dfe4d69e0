import { Controller, Get, Post, Redirect, Render } from '@nestjs/common';
import { z } from 'zod';

import { Public } from '../../src/auth/public.decorator.js';
import { withFlash } from '../../src/flash/flash.js';
import { defineForm, FormBody, type ValuesOf } from '../../src/http/form.js';
import { CurrentSession } from '../../src/session/current-session.decorator.js';
import { Session } from '../../src/session/session.js';
import { ADDED, type CounterPage } from './pages.js';

const addForm = defineForm({});

const countForm = defineForm({
  count: z
    .string()
    .regex(/^\d{1,6}$/, 'takes a whole number')
    .transform(Number),
});

@Controller('counter')
export class CounterController {
  @Get()
  @Render('counter/counter')
  show(@CurrentSession() { data }: Session): CounterPage {
    return { count: data.count };
  }

  @Post()
  @Public()
  @Redirect('/counter', 303)
  async set(
    @FormBody(countForm) { count }: ValuesOf<typeof countForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await session.update((data) => ({ ...data, count }));
  }

  @Post('add')
  @Public()
  @Redirect('/counter', 303)
  async add(
    @FormBody(addForm) _form: ValuesOf<typeof addForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    await session.update((data) => withFlash({ ...data, count: data.count + 1 }, ADDED));
  }
}
