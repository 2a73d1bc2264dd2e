/** A Chromium whose pages are participants. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bundleForBrowsers } from '../../runtime/bundle.ts';
import { startChromium } from '../../support/chromium.ts';
import type { Commands } from './page-script.ts';

const SCRIPT = fileURLToPath(new URL('page-script.ts', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src http://127.0.0.1:* ws://127.0.0.1:*; media-src blob:; worker-src blob:";
const PAGE = '<!doctype html><script type="module" src="/script.js"></script>';
const SEEN_MS = 15_000;

type State = ReturnType<Commands['state']>;

export async function startBrowser(executablePath: string) {
  const script = await bundleForBrowsers(SCRIPT);
  const server = createServer(({ url }, response) => {
    const isScript = url === '/script.js';
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.end(isScript ? script : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await startChromium(executablePath);
  return {
    /** A separate page, connected when the promise resolves. */
    async join(url: string, token: string) {
      const page = await (await browser.newContext()).newPage();
      page.on('pageerror', (error) => console.error(error));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const command = <Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>) =>
        page.evaluate(
          ([name, args]) =>
            (globalThis as unknown as { commands: Record<string, (...args: unknown[]) => unknown> }).commands[name]?.(
              ...args,
            ),
          [name, args] as const,
        ) as Promise<Awaited<ReturnType<Commands[Name]>>>;
      await command('join', url, token);
      return {
        command,
        /** Waits until the page has such a state. */
        async sees(what: string, isSo: (state: State) => boolean): Promise<State> {
          const deadline = performance.now() + SEEN_MS;
          for (;;) {
            const state = await command('state');
            if (isSo(state)) return state;
            assert.ok(performance.now() < deadline, `the page never saw: ${what}; ${JSON.stringify(state)}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        },
        /** Ends without a leave; a page that is closed still sends one. */
        async crash() {
          const protocol = await page.context().newCDPSession(page);
          const crashed = page.waitForEvent('crash');
          protocol.send('Page.crash').catch(() => {});
          await crashed;
        },
      };
    },
    async stop() {
      await browser.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type Browser = Awaited<ReturnType<typeof startBrowser>>;
export type Participant = Awaited<ReturnType<Browser['join']>>;
