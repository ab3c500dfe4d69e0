import { Controller, Get, HttpCode, Inject, Post, Redirect, Render } from '@nestjs/common';
import { z } from 'zod';

import { FreshLogin } from '../auth/fresh-login.decorator.js';
import { Users } from '../auth/users.js';
import { APP_NAME } from '../config/app-name.js';
import type { User } from '../database/generated/client.js';
import { defineForm, type Form, FormBody, type ValuesOf } from '../http/form.js';
import { FormRejected } from '../http/http.errors.js';
import { moment } from '../http/in-words.js';
import { CurrentSender, type Sender } from '../http/sender.js';
import { newSeed, seedField } from '../second-factor/form-seed.js';
import { SecondFactors } from '../second-factor/second-factors.js';
import { inGroups, totpQrCode } from '../second-factor/totp.js';
import { isAppCode, readCode } from '../second-factor/typed-code.js';
import { CurrentSession } from '../session/current-session.decorator.js';
import { Idempotent } from '../session/idempotent.js';
import { Session } from '../session/session.js';
import { SecondFactorChange, WrongCode } from './second-factor-change.js';

const noFields = defineForm({});

const seedForm = defineForm({ seed: seedField });

const codeForm = defineForm({ code: z.string(), seed: seedField });

/** The same on its page, where it is shown again with what is to be scanned. */
const codeFormOnPage: Form = {
  ...codeForm,
  page: { view: 'second-factor-setup', model: (form) => ({ form }), secret: ['code'] },
};

/** Where users switch a second factor on and off, and get new recovery codes. */
@Controller('account/second-factor')
@FreshLogin()
export class SecondFactorController {
  constructor(
    private readonly change: SecondFactorChange,
    private readonly secondFactors: SecondFactors,
    private readonly users: Users,
    @Inject(APP_NAME) private readonly appName: string,
  ) {}

  @Get()
  @Render('second-factor')
  async show(@CurrentSession() { owner }: Session) {
    const factor = await this.secondFactors.of(owner!);
    return {
      since: factor?.confirmedAt && moment(factor.confirmedAt.getTime()),
      codesLeft: await this.secondFactors.codesLeft(owner!),
      seed: newSeed(),
    };
  }

  @Post('begin')
  @Redirect('/account/second-factor/setup', 303)
  async begin(
    @FormBody(seedForm) { seed }: ValuesOf<typeof seedForm>,
    @CurrentSession() { owner }: Session,
  ): Promise<void> {
    await this.secondFactors.begin(owner!, seed);
  }

  @Get('setup')
  @Render('second-factor-setup')
  async setupPage(@CurrentSession() session: Session) {
    const form = { values: {}, errors: {} };
    return { form, ...(await this.#toScan(await this.users.of(session))) };
  }

  /** Recovery codes are shown here, and never again but to who sends the same form. */
  @Post('setup')
  @Idempotent()
  @HttpCode(200)
  @Render('recovery-codes')
  async switchOn(
    @FormBody(codeForm) form: ValuesOf<typeof codeForm>,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ) {
    const code = readCode(form.code) ?? '';
    try {
      const codes = await this.change.switchOn(session, { ...form, code }, sender);
      return { codes: codes.map(inGroups) };
    } catch (error) {
      if (!(error instanceof WrongCode)) throw error;
      const page = await this.#toScan(await this.users.of(session));
      const mistake = isAppCode(code) ? WRONG_CODE : NO_CODE;
      throw new FormRejected(codeFormOnPage, form, { code: mistake }, 422, page);
    }
  }

  @Post('codes')
  @HttpCode(200)
  @Render('recovery-codes')
  async newCodes(
    @FormBody(seedForm) { seed }: ValuesOf<typeof seedForm>,
    @CurrentSession() session: Session,
  ) {
    return { codes: (await this.change.newCodes(session, seed)).map(inGroups) };
  }

  @Post('remove')
  @Idempotent()
  @Redirect('/account/second-factor', 303)
  async switchOff(
    @FormBody(noFields) _: object,
    @CurrentSession() session: Session,
    @CurrentSender() sender: Sender,
  ): Promise<void> {
    await this.change.switchOff(session, sender);
  }

  /** What the page shows of the secret that the user has begun with, if they have. */
  async #toScan({ id, email }: User) {
    const secret = await this.secondFactors.begun(id);
    if (secret === null) return {};
    return {
      secret: inGroups(secret),
      qrCode: totpQrCode(secret, email, this.appName),
      seed: newSeed(),
    };
  }
}

const NO_CODE = 'Please enter the 6 digits that your app shows now.';
const WRONG_CODE = 'This is not the code. Please enter the one that your app shows now.';
