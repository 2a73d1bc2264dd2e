/** A playground with LiveKit's own server, in whose rooms the pages of a test file meet; or why it is missing. */
import { after, afterEach, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { livekitServer } from '../../../scripts/machine/livekit-server.mjs';
import { type LossyForwarder, startLossyForwarder } from '../../e2e/support/lossy-forwarder.ts';
import { findChromium } from '../../runtime/chromium.mjs';
import { startChromium } from '../../support/chromium.ts';
import { startLivekit } from '../../support/livekit.mjs';
import { ask, open } from './pages.ts';
import { startPlayground } from './playground.ts';

/** Runs all while the file's tests run, which take `skip`. */
export async function inRooms() {
  const chromium = await findChromium();
  const skip = chromium.skip ?? (await livekitServer()).skip ?? false;
  let livekit: Awaited<ReturnType<typeof startLivekit>>;
  let forwarder: LossyForwarder;
  let playground: Awaited<ReturnType<typeof startPlayground>>;
  let browser: Browser;
  before(async () => {
    if (skip || chromium.path === undefined) return;
    forwarder = await startLossyForwarder();
    livekit = await startLivekit({ webhookUrl: forwarder.url });
    playground = await startPlayground({ LIVEKIT_URL: livekit.url });
    forwarder.forwardTo(`${playground.url}/api/livekit/webhook`);
    browser = await startChromium(chromium.path);
  });
  // A page that stays in its room slows the next test.
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  after(async () => {
    await browser?.close();
    await livekit?.stop();
    await forwarder?.stop();
    await playground?.stop();
  });
  const openPage = (url = playground.url, options?: BrowserContextOptions) => open(browser, url, options);
  return {
    skip,
    livekitUrl: () => livekit.url,
    openPage,
    /** Opens a page and joins. */
    async join(user: string, channel = 'channel-abc123', url?: string, options?: BrowserContextOptions) {
      const watched = await openPage(url, options);
      await ask(watched.page, user, channel);
      await watched.page.locator('#room-status .good').waitFor();
      return watched;
    },
  };
}

/** The participant with this identity. */
export const tile = (page: Page, identity: string) => page.locator(`.tile[data-identity="${identity}"]`);

/** The button of a source. */
export const sendButton = (page: Page, name: string) => page.locator(`[data-send=${name}]`);
