/** For `node --test --test-global-setup`: one Chromium for all test files of a run, each of which opens contexts of its own. */
import type { BrowserServer } from 'playwright-core';
import { findChromium } from '../runtime/chromium.mjs';
import { SHARED_CHROMIUM, startSharedChromium } from './chromium.ts';

let server: BrowserServer | undefined;

export async function globalSetup(): Promise<void> {
  const { path } = await findChromium();
  // Without one each test file says why it skips its tests.
  if (path === undefined) return;
  server = await startSharedChromium(path);
  // The processes of the test files inherit it.
  process.env[SHARED_CHROMIUM] = server.wsEndpoint();
}

export const globalTeardown = () => server?.close();
