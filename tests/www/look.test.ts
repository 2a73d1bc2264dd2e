// For everybody: by keyboard alone, on a small screen, light and dark, and without an accessibility violation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { inChromium } from './support/in-chromium.ts';
import { ask } from './support/pages.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SMALL = { width: 360, height: 740 };
const { openPage, options } = await inChromium();

async function mustBeAccessible(page: Page, when: string) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`,
    );
  });
  assert.deepEqual(violations, [], when);
}

/** Everything that the page can show at once, without a room. */
async function fill(page: Page) {
  await ask(page, 'user-456');
  await page.click('[data-copy=curl]');
  await page.locator('#copy-status:not(:empty)').waitFor();
  await page.click('#use-mine');
  await page.fill('#secret', 'secret');
  await page.locator('#findings .careful').waitFor();
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [SMALL, { width: 1280, height: 900 }]) {
    test(`${colorScheme}, ${viewport.width} px wide: no violation that axe finds`, options, async () => {
      const { page, mustBeClean } = await openPage({ colorScheme, viewport });
      await mustBeAccessible(page, 'at first');
      await fill(page);
      await mustBeAccessible(page, 'with a token');
      await ask(page, 'user-banned');
      await page.fill('#pasted', 'a.b.c');
      await page.locator('#verdict.bad').waitFor();
      await mustBeAccessible(page, 'refused');
      await mustBeClean();
    });
  }
}

test('light and dark differ', options, async () => {
  const colours = async (colorScheme: 'light' | 'dark') => {
    const { page } = await openPage({ colorScheme });
    return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  };
  assert.notEqual(await colours('light'), await colours('dark'));
});

test('360 px are enough: nothing scrolls sideways', options, async () => {
  const { page } = await openPage({ viewport: SMALL });
  await fill(page);
  await page.fill('#pasted', `${'x'.repeat(500)}`);
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth]);
  assert.deepEqual(await widths(), [SMALL.width, SMALL.width]);
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
  await page.locator('#verdict.good').waitFor();
  await mustBeClean();
});
