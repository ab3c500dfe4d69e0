import { Controller, HttpCode, Post, Render } from '@nestjs/common';
import { z } from 'zod';

import { Public } from '../auth/public.decorator.js';
import { Users } from '../auth/users.js';
import { defineForm, FormBody, type ValuesOf } from '../http/form.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { MemoryLimit } from '../limits/memory-limit.js';
import { newPassword } from '../passwords/password-fields.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Session } from '../session/session.js';

/** What counts of every form that has a new password in it: each of them can be sent here instead. */
const strengthForm = defineForm({
  password: newPassword,
  name: z.string().max(1_000).optional(),
  email: z.string().max(1_000).optional(),
});

/** Says how good a password would be, without keeping it. A button of the form asks for it in a tab of its own. */
@Controller('password/strength')
@Public()
export class PasswordStrengthController {
  readonly #limit = new MemoryLimit('password strength', PER_MINUTE);

  constructor(
    private readonly rules: PasswordRules,
    private readonly users: Users,
  ) {}

  @Post()
  @HttpCode(200)
  @Render('password-strength')
  async show(
    @FormBody(strengthForm) { password, name, email }: ValuesOf<typeof strengthForm>,
    @CurrentSession() { owner }: Session,
    @CurrentSender() client: Sender,
  ) {
    await this.#limit.consume(client);
    const user = owner === null ? null : await this.users.byId(owner);
    const chooser = { name: name ?? user?.name, email: email ?? user?.email };
    const { mistake, guessesLog10 } = await this.rules.strengthOf(password, chooser, client);
    if (mistake !== null) return { verdict: 'Not good enough', explanation: mistake, level: 0 };
    const [level, verdict] = GRADES.find(([, , least]) => guessesLog10 >= least) ?? GRADES[2];
    const guesses = Math.floor(guessesLog10).toLocaleString('en');
    return { level, verdict, explanation: `It takes about 10 to the power of ${guesses} guesses.` };
  }
}

/** For each network, in each worker: people who type send one at each pause, and a few may share an IP address. */
const PER_MINUTE = 120;

/** From how many guesses on, as a power of ten, a password that may be chosen is called what. */
const GRADES = [
  [3, 'Very good', 16],
  [2, 'Good', 13],
  [1, 'Good enough', 0],
] as const;
