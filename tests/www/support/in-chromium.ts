/** The playground in a Chromium for a test file, or why it is missing. */
import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { findChromium } from '../../runtime/chromium.mjs';
import { startChromium } from '../../support/chromium.ts';
import { open } from './pages.ts';
import { startPlayground } from './playground.ts';

type Options = Parameters<typeof open>[2];

/** Runs both while the file's tests run, which take `options`: they are skipped without a Chromium. */
export async function inChromium() {
  const { path, skip } = await findChromium();
  let playground: Awaited<ReturnType<typeof startPlayground>>;
  let browser: Browser;
  before(async () => {
    if (path === undefined) return;
    playground = await startPlayground();
    browser = await startChromium(path);
  });
  after(async () => {
    await browser?.close();
    await playground?.stop();
  });
  return {
    options: { skip: skip ?? false },
    url: () => playground.url,
    openPage: (options?: Options) => open(browser, playground.url, options),
  };
}
