// `npm run screenshot`: README's pictures of the playground, light and dark, with two demo users in a room. Chromium's
// fake devices stand in for cameras; a LiveKit server is needed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { main, Problem } from '../../scripts/lib/problem.mjs';
import { startOnWorkerd } from '../../scripts/serve/platforms.mjs';
import { freePort } from '../../scripts/serve/port.mjs';
import { findChromium } from '../../tests/runtime/chromium.mjs';
import { startLivekit } from '../../tests/support/livekit.mjs';

const FOLDER = join(root, 'docs');
const SIZE = { width: 1280, height: 1420 };
const SPEAK_MS = 10_000;
const ARGS = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
];

await main(async () => {
  const { path, skip } = await findChromium();
  if (path === undefined) throw new Problem(skip);
  const port = await freePort(0, 'stop what is using it');
  mkdirSync(FOLDER, { recursive: true });
  /** @type {(() => Promise<unknown>)[]} */
  const stops = [];
  try {
    const livekit = await startLivekit({ webhookUrl: `http://127.0.0.1:${port}/api/livekit/webhook` });
    stops.unshift(livekit.stop);
    const settings = { ...demoSettings, LIVEKIT_URL: livekit.url };
    const server = await startOnWorkerd({ port, settings });
    stops.unshift(server.stop);
    const browser = await chromium.launch({ executablePath: path, args: ARGS });
    stops.unshift(() => browser.close());
    const other = await joined(browser, server.url, 'user-789', 'light');
    await send(other, 'camera');
    await send(other, 'microphone');
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      const page = await joined(browser, server.url, 'user-456', colorScheme);
      await send(page, 'camera');
      await send(page, 'microphone');
      // The fake microphone beeps now and then; a picture without a speaker is fine as well.
      const speaker = page.locator('.tile.speaking').first();
      await speaker.waitFor({ timeout: SPEAK_MS }).catch(() => {});
      await page.screenshot({ path: join(FOLDER, `screenshot-${colorScheme}.png`) });
      await page.context().close();
    }
  } finally {
    for (const stop of stops) await stop();
  }
});

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {string} user
 * @param {'light' | 'dark'} colorScheme
 */
async function joined(browser, url, user, colorScheme) {
  const page = await (await browser.newContext({ viewport: SIZE, colorScheme })).newPage();
  await page.goto(url);
  await page.locator('#join-button:enabled').waitFor();
  await page.selectOption('#user', user);
  await page.click('#join-button');
  await page.locator('#room-status .good').waitFor();
  return page;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} source
 */
async function send(page, source) {
  await page.click(`[data-send=${source}]`);
  await page.locator(`[data-send=${source}][aria-pressed=true]`).waitFor();
}
