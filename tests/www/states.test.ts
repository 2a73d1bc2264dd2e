// Error and empty states of the playground: each says what happened, why, and what to do next.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findChromium } from '../runtime/chromium.mjs';
import { startChromium } from '../support/chromium.ts';
import { ask, open, pressJoin } from './support/pages.ts';
import { startPlayground } from './support/playground.ts';

const { path, skip } = await findChromium();
const options = { skip: skip ?? false };
let browser: Browser;
let playground: Awaited<ReturnType<typeof startPlayground>>;
before(async () => {
  if (path === undefined) return;
  playground = await startPlayground();
  browser = await startChromium(path);
});
after(async () => {
  await browser?.close();
  await playground?.stop();
});

/** Runs with a playground of its own. */
async function withPlayground(
  work: (url: string) => Promise<void>,
  settings: Record<string, string>,
  rateLimits?: Record<string, number>,
) {
  const own = await startPlayground(settings, 0, rateLimits);
  try {
    await work(own.url);
  } finally {
    await own.stop();
  }
}

const summary = (page: Page) => page.locator('#answer-summary');

test('429: the page says how long to wait, and then tries again', options, () =>
  withPlayground(
    async (url) => {
      const { page, mustBeClean } = await open(browser, url);
      for (let tries = 0; tries < 5 && (await pressJoin(page)).startsWith('201'); tries += 1);
      const text = await summary(page).innerText();
      assert.match(text, /^429 Too Many Requests\s+Too many requests\s.*It asks for \d+ s/s);
      const again = summary(page).locator('button');
      assert.match(await again.innerText(), /^Try again in \d+ s$/);
      assert.ok(await again.isDisabled());
      await page.locator('#presence-status', { hasText: 'Presence is not available for every channel' }).waitFor();
      await page.waitForRequest('**/demo/presence'); // by itself
      await mustBeClean();
    },
    {},
    { RATE_LIMIT_USER: 1 },
  ),
);

test('429: once the wait is over, the button sends the request again', options, async () => {
  const { page } = await open(browser, playground.url);
  let refusals = 0;
  await page.route('**/api/livekit/token', (route) => {
    refusals += 1;
    return refusals > 1
      ? route.continue()
      : route.fulfill({
          status: 429,
          headers: { 'retry-after': '1' },
          json: { statusCode: 429, message: 'Too Many Requests' },
        });
  });
  await pressJoin(page);
  await summary(page)
    .locator('button:enabled', { hasText: /^Try again$/ })
    .click();
  await summary(page).locator('.good', { hasText: 'Alice may join General Voice' }).waitFor();
});

test('503: a database that does not respond is named, with a button to try again', options, async () => {
  const { page, mustBeClean } = await open(browser, playground.url);
  await page.route('**/api/livekit/token', (route) =>
    route.fulfill({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { statusCode: 503, message: 'Service Unavailable' },
    }),
  );
  assert.match(
    await pressJoin(page),
    /^503 Service Unavailable\s+The endpoint is temporarily unavailable\s.*Service Unavailable/s,
  );
  await page.unroute('**/api/livekit/token');
  await summary(page).locator('button:enabled').click();
  await summary(page).locator('.good').waitFor();
  await mustBeClean();
});

test('500: settings that are missing are named', options, () =>
  withPlayground(
    async (url) => {
      const { page } = await open(browser, url);
      assert.match(await pressJoin(page), /^500 .*not configured\s.*LIVEKIT_API_KEY/s);
    },
    { LIVEKIT_API_SECRET: '' },
  ),
);

test('500: another failure of the endpoint refers to its log', options, async () => {
  const { page } = await open(browser, playground.url);
  await page.route('**/api/livekit/token', (route) =>
    route.fulfill({ status: 500, json: { statusCode: 500, message: 'Internal Server Error' } }),
  );
  const text = await pressJoin(page);
  assert.match(text, /^500 .*The endpoint failed\s.*Its log has the reason/s);
  assert.doesNotMatch(text, /LIVEKIT_API_KEY/);
});

test(
  'a stopped server: the page says so, keeps what is typed, and works again when the server does',
  options,
  async () => {
    const first = await startPlayground();
    const { page } = await open(browser, first.url);
    await first.stop();
    await page.click('#join-button');
    const panel = summary(page).locator('.error', { hasText: 'The endpoint does not respond' });
    await panel.waitFor();
    assert.match(await panel.innerText(), /npm start/);
    assert.ok(await page.locator('#copies').isHidden());
    await page.locator('#presence-status .warning', { hasText: 'Reconnecting' }).waitFor();
    const second = await startPlayground({}, Number(new URL(first.url).port));
    try {
      await panel.locator('button').click();
      await summary(page).locator('.good').waitFor();
      await page.locator('#presence-status', { hasText: 'Live, as Alice may see it.' }).waitFor();
    } finally {
      await second.stop();
    }
  },
);

test('an offline browser is told apart from a stopped server', options, async () => {
  const { page } = await open(browser, playground.url);
  await page.context().setOffline(true);
  await page.click('#join-button');
  const panel = summary(page).locator('.warning', { hasText: 'This browser is offline' });
  await panel.waitFor();
  await page.context().setOffline(false);
  await panel.locator('button').click();
  await summary(page).locator('.good').waitFor();
});

test('demo users that cannot be loaded leave a page that says so and can be reloaded', options, async () => {
  const page = await browser.newPage();
  await page.route('**/demo/choices', (route) => route.abort());
  await page.goto(playground.url);
  const panel = page.locator('#signed-in .error', { hasText: 'The demo users could not be loaded' });
  await panel.waitFor();
  assert.ok(await page.locator('#join-button').isDisabled());
  await page.unroute('**/demo/choices');
  await panel.locator('button').click();
  await page.locator('#join-button:enabled').waitFor();
  await page.close();
});

test('an expired token is said to have expired, and can be replaced', options, async () => {
  const { page } = await open(browser, playground.url);
  await page.clock.install();
  await ask(page, 'user-456', 'channel-abc123', '60');
  await page.clock.fastForward(61_000);
  const panel = page.locator('#token .warning', { hasText: 'This token has expired' });
  await panel.waitFor();
  await page.clock.setSystemTime(Date.now());
  await panel.locator('button', { hasText: 'Join again' }).click();
  await page.locator('#token [role=timer]').waitFor();
});

test('a locked channel refuses its members, says so, and admits them once it is unlocked', options, async () => {
  const { page, mustBeClean } = await open(browser, playground.url);
  await page.selectOption('#user', 'user-mod');
  await page.click('[data-manage=lock]');
  await page.locator('#access-result .warning', { hasText: 'General Voice is locked' }).waitFor();
  assert.match(await ask(page, 'user-456'), /^403 Forbidden/);
  await page.click('#answer-summary summary');
  assert.match(await summary(page).innerText(), /The channel is locked\./);
  await page.click('[data-manage=unlock]');
  await page.locator('#access-result .error', { hasText: 'Alice may not unlock General Voice' }).waitFor();
  await page.selectOption('#user', 'user-mod');
  await page.click('[data-manage=unlock]');
  await page.locator('#access-result .good', { hasText: 'General Voice is unlocked' }).waitFor();
  assert.match(await ask(page, 'user-456'), /^201 Created/);
  await mustBeClean();
});
