import { type Stack, startStack } from '../counter/stack.js';
import { soak } from '../soak.js';
import { fuzz, settingsForFuzzing } from './fuzz.js';

const REQUESTS = soak(2_000, 20_000);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ LOG_LEVEL: 'error' }, { settings: settingsForFuzzing });
});
afterAll(async () => stack.stop());

/** All but those that would log Ada out. */
const PATHS = [
  ...['/', '/login', '/login/code', '/login/again', '/signup', '/signup/finish'],
  ...['/signup/sent', '/forgotten', '/reset', '/password/strength', '/counter', '/counter/add'],
  ...['/account', '/account/name', '/account/email', '/account/email/confirm'],
  ...['/account/password', '/account/sessions', '/account/sessions/x/end'],
  ...['/account/sessions/end-others', '/account/second-factor', '/account/second-factor/setup'],
  ...['/account/second-factor/begin', '/inbox', '/health', '/csp-reports'],
  ...['/styles.css', '/nothing'],
];
const FIELDS = ['email', 'password', 'next', 'name', 'token', 'code', 'current', 'count'];
const VALUES = ['ada@example.com', 'a walk along the river', '7'];

test(`no rubbish of ${REQUESTS} requests is a mistake of ours, or says anything of how it is made`, async () => {
  await fuzz(stack, { paths: PATHS, fields: FIELDS, values: VALUES, requests: REQUESTS });
});
