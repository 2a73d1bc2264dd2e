// Accessibility of the playground: by keyboard alone, on small screens, light and dark, and without a violation that axe finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { HS256, JWT_SECRET, jws, now } from '../support/user-token.ts';
import { inChromium } from './support/in-chromium.ts';
import { mustBeAccessible, mustFit } from './support/looks.ts';
import { ask, pressJoin } from './support/pages.ts';

const SMALL = { width: 360, height: 740 };
/** Colours do not depend on the size. */
const LOOKS = [
  { colorScheme: 'light', viewport: SMALL },
  { colorScheme: 'dark', viewport: SMALL },
  { colorScheme: 'light', viewport: { width: 768, height: 1024 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
] as const;
const { openPage, options } = await inChromium();

const LONG = 'long-name-'.repeat(12);
const RIGHT_TO_LEFT = 'שרה כהן';

/** Everything that the page can show at once, without a room. */
async function fill(page: Page) {
  await ask(page, 'user-456');
  await page.click('[data-copy=curl]');
  await page.locator('#copy-status:not(:empty)').waitFor();
  await page.click('#use-mine');
  await page.fill('#secret', 'secret');
  await page.locator('#findings .warning').waitFor();
}

for (const { colorScheme, viewport } of LOOKS) {
  test(
    `${colorScheme}, ${viewport.width} px wide: every state fits, without a violation that axe finds`,
    options,
    async () => {
      const { page, mustBeClean } = await openPage({ colorScheme, viewport });
      const must = async (when: string) => {
        await mustBeAccessible(page, when);
        await mustFit(page);
      };
      await must('at first');
      await fill(page);
      await must('with a token');
      await ask(page, 'user-banned');
      await page.fill('#pasted', 'a.b.c');
      await page.locator('#verdict .error').waitFor();
      await must('banned');
      await ask(page, 'user-stranger');
      await page.click('#answer-summary summary');
      await page.click('[data-manage=lock]');
      await page.locator('#access-result .error').waitFor();
      await page.click('#start-recording');
      await page.locator('#recording-result .panel').waitFor();
      await must('refused');
      await page.check('[value=token]', { force: true });
      await page.fill('#user-token', jws(HS256, { sub: 'user-456', name: LONG, exp: now() - 60 }));
      await page.click('#sign-in-button');
      await pressJoin(page);
      await must('expired, with a long name');
      await page.fill('#user-token', jws(HS256, { sub: 'user-456', name: RIGHT_TO_LEFT, exp: now() + 60 }));
      await page.click('#sign-in-button');
      await pressJoin(page);
      await must('with a name that is written from right to left');
      await page.check('[value=secret]', { force: true });
      await must('before signing in with a secret');
      await mustBeClean();
    },
  );
}

test('a name that is written from right to left does not reorder the sentence around it', options, async () => {
  const { page } = await openPage();
  await page.check('[value=token]', { force: true });
  await page.fill('#user-token', jws(HS256, { sub: 'user-456', name: RIGHT_TO_LEFT, exp: now() + 60 }));
  await page.click('#sign-in-button');
  assert.match(await pressJoin(page), new RegExp(`\u2068${RIGHT_TO_LEFT}\u2069 may join General Voice`));
});

test('light and dark differ', options, async () => {
  const colours = async (colorScheme: 'light' | 'dark') => {
    const { page } = await openPage({ colorScheme });
    return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  };
  assert.notEqual(await colours('light'), await colours('dark'));
});

test('360 px are enough for a long string', options, async () => {
  const { page } = await openPage({ viewport: SMALL });
  await fill(page);
  await page.fill('#pasted', `${'x'.repeat(500)}`);
  await mustFit(page);
});

test('the keyboard alone joins, copies, inspects; and shows where it is', options, async () => {
  const { page, mustBeClean } = await openPage();
  const focus = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if ((await focus()) !== name) continue;
      const outline = await page.evaluate(
        () => document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
      );
      assert.notEqual(outline, 'none', `${name} shows no focus`);
      return;
    }
    assert.fail(`Tab never reaches ${name}`);
  };
  await tabTo('user');
  await page.keyboard.type('Carol');
  await page.locator('#signed-in', { hasText: 'user-mod' }).waitFor();
  await tabTo('channel');
  await page.keyboard.type('Staff');
  await tabTo('join-button');
  await page.keyboard.press('Enter');
  await page.locator('#token .claim').first().waitFor();
  await page.locator('#join-button:enabled').waitFor();
  assert.match(await page.locator('#answer-summary').innerText(), /Carol may join Staff/);
  assert.equal(await focus(), 'join-button', 'the focus is where it was');
  await tabTo('Copy curl');
  await page.keyboard.press('Space');
  await page.locator('#copy-status:not(:empty)').waitFor();
  await tabTo('use-mine');
  await page.keyboard.press('Enter');
  await tabTo('secret');
  await page.keyboard.type('secret');
  await page.locator('#verdict .good').waitFor();
  await mustBeClean();
});

test('the keyboard alone signs in with a secret', options, async () => {
  const { page, mustBeClean } = await openPage();
  await page.focus('[value=demo]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const outline = await page.evaluate(
    () => getComputedStyle(document.querySelector('.segments label:last-child') as Element).outlineStyle,
  );
  assert.notEqual(outline, 'none', 'the choice shows the focus');
  await page.keyboard.press('Tab');
  await page.keyboard.type('user-789');
  await page.keyboard.press('Tab');
  await page.keyboard.type(JWT_SECRET);
  await page.keyboard.press('Enter');
  await page.locator('#signed-in', { hasText: 'user-789' }).waitFor();
  assert.match(await pressJoin(page), /^201 Created/);
  await mustBeClean();
});
