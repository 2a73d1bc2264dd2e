/** A folder on this machine only, with an empty page whose policy allows its own scripts and WebAssembly. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const TYPES: Record<string, string> = { '.js': 'text/javascript; charset=utf-8', '.wasm': 'application/wasm' };

/** Serves these files of a folder. */
export async function serveFolder(folder: string, files: readonly string[]) {
  const server = createServer(({ url = '/' }, response) => {
    const name = url.slice(1);
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', TYPES[extname(name)] ?? 'text/html; charset=utf-8');
    if (files.includes(name)) response.end(readFileSync(join(folder, name)));
    else response.end('<!doctype html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
