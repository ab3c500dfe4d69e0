import { ADA, chapter, expect, test } from './visitor.js';

chapter(
  'Who may come in, what they get for it, and where they land. A login gives the browser one cookie ' +
    'with a random id that no script reads, and leads to where somebody wanted to go. A new account and a ' +
    'forgotten password are matters of a link that comes by mail. You see what is said when something is ' +
    'wrong: never who has an account.',
);

test('Ada logs in and logs out', async ({ visitor, page }) => {
  await visitor.open('/login');
  await visitor.logIn();
  expect(visitor.path()).toBe('/');
  await expect(page.getByRole('main')).toContainText('Ada Lovelace');
  await visitor.logOut();
  expect(await visitor.sessionId()).toBeUndefined();
});

test('her session is one cookie that no script can read and no other site can send', async ({
  visitor,
  page,
  baseURL,
}) => {
  await visitor.open('/login');
  await visitor.logIn();
  const cookies = await page.context().cookies(`${baseURL}/account`);
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({
    name: 'session_id',
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
  });
  expect(cookies[0]?.value).toMatch(/^[\w-]{43}$/);
  expect(await page.evaluate('document.cookie')).toBe('');
});

test('a wrong password and an unknown address are told the same, and what was typed is kept', async ({
  visitor,
  page,
}) => {
  await visitor.open('/login');
  for (const email of [ADA.email, 'nobody@example.com']) {
    await visitor.logIn({ email, password: 'not the password' });
    await expect(page.getByRole('alert')).toHaveText(/don’t go together/);
    await expect(page.getByLabel('E-mail address')).toHaveValue(email);
    await expect(page.getByLabel('Password')).toHaveValue('');
  }
});

test('the login page says so where the browser blocks cookies', async ({ visitor, page }) => {
  await visitor.open('/login');
  await expect(page.getByRole('alert')).toBeHidden();
  const chromium = await page.context().newCDPSession(page);
  await chromium.send('Emulation.setDocumentCookieDisabled', { disabled: true });
  await visitor.open('/login');
  await expect(page.getByRole('alert')).toContainText('Your browser blocks cookies');
});

test('whoever asks for the account without a session logs in first, and goes on to it', async ({
  visitor,
  page,
}) => {
  await visitor.open('/account');
  expect(visitor.path()).toBe('/login?next=%2Faccount');
  await expect(page.getByRole('status')).toHaveText('Please log in to go on.');
  await visitor.logIn({ email: ADA.email, password: 'not the password' });
  await visitor.logIn();
  expect(visitor.path()).toBe('/account');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('nobody is sent to another site after the login', async ({ visitor, baseURL }) => {
  await visitor.open('/login?next=//evil.example/');
  await visitor.logIn();
  expect(visitor.page.url()).toBe(`${baseURL}/`);
});

test('each login gives a new id, and the old one opens nothing', async ({
  visitor,
  anotherBrowser,
}) => {
  await visitor.open('/login');
  await visitor.logIn();
  const first = await visitor.sessionId();
  await visitor.beLoggedIn();
  expect(await visitor.sessionId()).not.toBe(first);

  const thief = await anotherBrowser();
  const url = new URL(visitor.page.url()).origin;
  await thief.page.context().addCookies([{ name: 'session_id', value: first ?? '', url }]);
  await thief.open('/account');
  expect(thief.path()).toBe('/login?next=%2Faccount');
});

test('somebody new signs up by a link that comes by mail, and is in', async ({ visitor, page }) => {
  const email = `joan-${Date.now()}@example.com`;
  await visitor.open('/signup?next=/account');
  await visitor.sendLinkTo('not an address');
  await expect(page.getByText(/like ada@example.com/)).toBeVisible();
  await visitor.sendLinkTo(email);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your inbox');
  await visitor.follow('Open the inbox');
  await expect(page.getByText(email)).toBeVisible();

  await visitor.followLink(email, 'Make your account');
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await page.getByLabel('Name').fill('Joan Clarke');
  const button = page.getByRole('button', { name: 'Make the account' });
  for (const [password, mistake] of [
    ['too short', /at least 15 characters/],
    ['passwordpassword', /common password/],
    ['Joan Clarke, Joan Clarke', /your own name/],
  ] as const) {
    await page.getByLabel('Password').fill(password);
    await button.click();
    await expect(page.locator('#password-error')).toHaveText(mistake);
    await expect(page.getByLabel('Name')).toHaveValue('Joan Clarke');
  }
  await page.getByLabel('Password').fill('a sentence of a few words');
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: /How good is this password/ }).click(),
  ]);
  await expect(tab.getByRole('heading', { level: 1 })).toHaveText('Very good');
  await tab.close();
  await button.click();
  expect(visitor.path()).toBe('/account');
  await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();

  await visitor.followLink(email, 'Make your account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link was already used');
  await expect(page.getByRole('main').getByRole('link', { name: 'Log in' })).toBeVisible();
});

test('who has forgotten the password chooses another by mail, and is logged out everywhere', async ({
  visitor,
  page,
  anotherBrowser,
}) => {
  const [old, next] = ['a sentence of a few words', 'another one, and no better'];
  const email = `joan-${Date.now()}@example.com`;
  await visitor.signUp({ name: 'Joan Clarke', email, password: old });
  const other = await anotherBrowser();
  await other.open('/login');
  await other.follow('Forgotten your password?');
  await other.sendLinkTo(email);
  await expect(other.page.getByText('Look into your inbox')).toBeVisible();
  await other.followLink(email, 'Choose a new password');
  await other.page.getByLabel('New password').fill(next);
  await other.press('Change it');
  await expect(other.page.getByRole('status')).toContainText('log in with the new one');
  await other.logIn({ email, password: next });
  await expect(other.page.getByRole('button', { name: 'Log out' })).toBeVisible();

  await visitor.open('/account');
  await expect(page.getByRole('status')).toContainText('the password of your account was changed');
  await visitor.logIn({ email, password: old });
  await expect(page.getByRole('alert')).toBeVisible();
});
