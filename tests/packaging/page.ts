/** A page of a project, in Chromium and with a Content-Security-Policy. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium } from '../runtime/chromium.mjs';
import { startChromium } from '../support/chromium.ts';
import { Skipped } from './project.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** The strictest policy with which WebAssembly runs. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

/** The browser of all pages. */
let browser: Promise<Browser> | undefined;

async function launch(): Promise<Browser> {
  const { path, skip } = await findChromium();
  if (path === undefined) throw new Skipped(skip);
  return startChromium(path);
}

/** Closes the browser, if a page started it. */
export async function closeBrowser(): Promise<void> {
  await (await browser?.catch(() => undefined))?.close();
}

/** The value of the global promise `minted` of the page at a URL. */
export async function mintedBy(url: string): Promise<unknown> {
  browser ??= launch();
  const context = await (await browser).newContext();
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(url);
    await page.waitForFunction('globalThis.minted !== undefined');
    return await page.evaluate('globalThis.minted');
  } finally {
    await context.close();
  }
}

/** The same for a page whose files are in a folder and served with a policy. */
export async function mintedIn(folder: string, policy = STRICT): Promise<unknown> {
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url ?? '/', 'http://localhost');
    const file = pathname === '/' ? 'index.html' : normalize(pathname);
    try {
      const content = readFileSync(join(folder, file));
      response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await mintedBy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
