// Signing in to the playground as one's own user: with a user token, or with the secret that signs one. Neither leaves the page's memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { claimsOf } from '../support/livekit-token.ts';
import { HS256, JWT_SECRET, jws, now, userToken } from '../support/user-token.ts';
import { inChromium } from './support/in-chromium.ts';
import { pressJoin } from './support/pages.ts';

const { openPage, options } = await inChromium();

async function signInWithToken(page: Page, token: string): Promise<string> {
  await page.check('[value=token]', { force: true });
  await page.fill('#user-token', token);
  await page.click('#sign-in-button');
  return page.locator('#signed-in').innerText();
}

async function signInWithSecret(page: Page, userId: string, secret: string): Promise<string> {
  await page.check('[value=secret]', { force: true });
  await page.fill('#user-id', userId);
  await page.fill('#jwt-secret', secret);
  await page.click('#sign-in-button');
  return page.locator('#signed-in').innerText();
}

/** Everything that the page has: its markup, and the values of its fields. */
const everything = (page: Page) =>
  page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll<HTMLInputElement>('input, textarea, select')].map(({ value }) => value),
    ].join('\n'),
  );

test('a user token signs in as its user', options, async () => {
  const { page, mustBeClean } = await openPage();
  const token = userToken('user-mod', { name: 'Carol of the app' });
  assert.match(await signInWithToken(page, `Bearer ${token}\n`), /Carol of the app\s+user-mod · user token until /);
  assert.equal(await page.inputValue('#user-token'), '', 'the field is emptied');
  assert.match(await pressJoin(page), /^201 Created\s+Carol of the app may join General Voice/);
  await page.selectOption('#channel', 'channel-private-1');
  assert.match(await pressJoin(page), /^201 Created/);
  await page.locator('[data-channel="channel-private-1"] .hint', { hasText: 'No participants yet' }).waitFor();
  await mustBeClean();
});

test('the secret signs a user token in the page, and is then forgotten', options, async () => {
  const { page, requests, mustBeClean } = await openPage();
  const sent: string[] = [];
  page.on('request', (request) =>
    sent.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`),
  );
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  const before = requests.length;
  assert.match(await signInWithSecret(page, 'user-789', JWT_SECRET), /user-789\s+user token until /);
  const field = page.locator('#jwt-secret');
  assert.deepEqual([await field.getAttribute('type'), await field.getAttribute('autocomplete')], ['password', 'off']);
  assert.equal(await field.inputValue(), '');
  assert.ok(!(await everything(page)).includes(JWT_SECRET), 'the secret is not on the page');
  assert.match(await pressJoin(page), /^201 Created\s+user-789 may join General Voice/);
  const body = JSON.parse((await page.locator('#answer-body').textContent()) ?? '');
  assert.equal(claimsOf(body.token)['sub'], 'user-789');
  assert.ok(requests.length > before);
  assert.ok(
    sent.every((request) => !request.includes(JWT_SECRET)),
    'the secret is never sent',
  );
  const userTokens = sent.map((request) => /Bearer ([\w-]+\.[\w-]+\.[\w-]+)/.exec(request)?.[1]).filter(Boolean);
  assert.ok(userTokens.length > 0);
  for (const token of [JWT_SECRET, body.token, ...userTokens]) {
    assert.ok(!logged.join('\n').includes(token), 'the console has neither secret nor token');
    assert.ok(!requests.join('\n').includes(token), 'no URL has them');
  }
  await mustBeClean();
});

test('another secret signs a token that the endpoint refuses, with its possible causes', options, async () => {
  const { page, mustBeClean } = await openPage();
  await signInWithSecret(page, 'user-456', 'another secret of at least 32 bytes');
  assert.match(await pressJoin(page), /^401 Unauthorized\s+The user token is not accepted\s.*Sign in again/s);
  await page.click('#answer-summary summary');
  assert.match(await page.locator('#answer-summary .causes').innerText(), /The secret is not the JWT_SECRET/);
  await page.locator('#presence-status .warning', { hasText: 'The user token is not accepted' }).waitFor();
  await mustBeClean();
});

test('an expired user token is said to have expired, before and after it is used', options, async () => {
  const { page, mustBeClean } = await openPage();
  const expired = userToken('user-456', { name: 'אליס', exp: now() - 60 });
  assert.match(
    await signInWithToken(page, expired),
    /^The user token of \u2068אליס\u2069 has expired\s.*Sign in again/s,
  );
  assert.match(await pressJoin(page), /^401 Unauthorized\s+The user token has expired\s.*Sign in again/s);
  await mustBeClean();
});

test('a user token that expires while the page is open is replaced by a new one', options, async () => {
  const { page } = await openPage();
  await page.clock.install();
  await page.selectOption('#user', 'user-789');
  await page.clock.fastForward(13 * 3600 * 1000);
  const panel = page.locator('#signed-in .warning', { hasText: 'The user token of Bob has expired' });
  await panel.waitFor();
  await page.clock.setSystemTime(Date.now());
  await panel.locator('button').click();
  await page.locator('#signed-in', { hasText: 'user-789 · user token until' }).waitFor();
});

test('input that is not a token or a secret is explained, and signs in no user', options, async () => {
  const { page, mustBeClean } = await openPage();
  assert.match(await signInWithToken(page, 'hello'), /^This is not a user token\s.*three parts/s);
  assert.ok(await page.locator('#join-button').isDisabled());
  assert.match(await signInWithToken(page, jws(HS256, { exp: now() + 60 })), /has no sub/);
  assert.match(await signInWithSecret(page, '', JWT_SECRET), /^No user token could be signed\s/);
  assert.match(await signInWithSecret(page, 'user-456', ' '), /^No user token could be signed\s/);
  assert.match(await signInWithSecret(page, 'x'.repeat(300), JWT_SECRET), /^No user token could be signed\s/);
  await page.fill('#jwt-secret', JWT_SECRET);
  await page.check('[value=demo]', { force: true });
  assert.ok(!(await everything(page)).includes(JWT_SECRET), 'another way to sign in forgets it');
  assert.match(await pressJoin(page), /^201 Created\s+Alice/);
  await mustBeClean();
});

test('a reload forgets who was signed in', options, async () => {
  const { page, mustBeClean } = await openPage();
  await signInWithSecret(page, 'user-mod', JWT_SECRET);
  await page.fill('#jwt-secret', JWT_SECRET);
  await page.reload();
  await page.locator('#join-button:enabled').waitFor();
  assert.match(await page.locator('#signed-in').innerText(), /Alice\s+user-456/);
  assert.ok(!(await everything(page)).includes(JWT_SECRET));
  await mustBeClean();
});
