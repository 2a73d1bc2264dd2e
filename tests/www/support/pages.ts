/** Pages that note everything that the playground must not do. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** The timeout of every wait in a page; long, because events are late on a busy machine. */
const WAIT_MS = 120_000;
/** What Chromium itself writes for a response of the endpoint that the page explains. */
const REPORTED_ANSWER =
  /^Failed to load resource: the server responded with a status of (400|401|403|404|409|429|503) /;

interface Watched {
  page: Page;
  /** Every request's URL, with those of WebSockets. */
  requests: string[];
  /** Fails if the page did what it must not, so far. */
  mustBeClean(): Promise<void>;
}

/** A page in a context of its own, at `url`, when its lists are filled. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('console', (message) => {
    const isReport =
      REPORTED_ANSWER.test(message.text()) && message.location().url.startsWith(`${new URL(url).origin}/api/livekit/`);
    if (/error|warn/.test(message.type()) && !isReport) complaints.push(message.text());
  });
  await page.addInitScript(() => {
    const noted: string[] = [];
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      noted.push(`${violatedDirective} ${blockedURI}`),
    );
    Object.assign(globalThis, { noted });
  });
  await page.goto(url);
  await page.locator('#join-button:enabled').waitFor();
  return {
    page,
    requests,
    async mustBeClean() {
      const state = await page.evaluate(() => ({
        noted: (globalThis as unknown as { noted: string[] }).noted,
        stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie].filter(Boolean),
        address: location.href,
      }));
      assert.deepEqual(complaints, [], 'console');
      assert.deepEqual(state, { noted: [], stored: [], address: `${new URL(url).origin}/` });
      const elsewhere = requests.filter((request) => new URL(request).hostname !== '127.0.0.1');
      assert.deepEqual(elsewhere, [], 'requests to other hosts');
    },
  };
}

/** Chooses and presses Join, and waits for the answer. */
export async function ask(page: Page, user: string, channel = 'channel-abc123', ttl = '600'): Promise<string> {
  await page.selectOption('#user', user);
  await page.selectOption('#channel', channel);
  await page.selectOption('#ttl', ttl);
  return pressJoin(page);
}

/** Presses Join, and waits for the answer. */
export async function pressJoin(page: Page): Promise<string> {
  const answered = page.waitForResponse((response) => /\/api\/livekit\/(dm-)?token$/.test(response.url()));
  await page.click('#join-button');
  await answered;
  await page.locator('#join-button:enabled').waitFor();
  return page.locator('#answer-summary').innerText();
}
