import { Controller, Get, Inject, Post, Redirect, Render } from '@nestjs/common';
import { z } from 'zod';

import { Public } from '../auth/public.decorator.js';
import { CONFIG, type Config } from '../config/config.js';
import { withFlash } from '../flash/flash.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';
import { WishesService } from './wishes.service.js';

// PostgreSQL takes no NUL, and a page shows no other control character.
const wish = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u);

const wishForm = defineForm({ wish });
const keepForm = defineForm({});

@Controller('wishes')
export class WishesController {
  constructor(
    private readonly wishes: WishesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** For users: without `@Public()` everybody else is redirected to the login page and back. */
  @Get()
  @Render('wishes/wishes')
  async show(@CurrentSession() { owner, data }: Session) {
    return { kept: await this.wishes.of(owner!), noted: data.wishes };
  }

  @Post()
  @Public()
  @Redirect('/wishes', 303)
  async note(
    @FormBody(wishForm) form: ValuesOf<typeof wishForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    const { max_in_session: max } = this.config.wishes;
    await session.update((data) => {
      // Here, because the change applies to the newest data: several requests at once do not pass the limit.
      if (data.wishes.length >= max) {
        throw new FormRejected(wishForm, form, { form: `There is room for ${max} new wishes.` });
      }
      return withFlash(
        { ...data, wishes: [...data.wishes, form.wish] },
        'We have noted your wish.',
      );
    });
  }

  @Post('keep')
  @Redirect('/wishes', 303)
  async keep(
    @FormBody(keepForm) _form: ValuesOf<typeof keepForm>,
    @CurrentSession() session: Session,
  ): Promise<void> {
    const kept = session.data.wishes;
    // The table first: a worker that is killed in between leaves the wishes where they were.
    await this.wishes.keep(session.owner!, kept);
    await session.update((data) => ({
      ...data,
      wishes: data.wishes.filter((wish) => !kept.includes(wish)),
    }));
  }
}
