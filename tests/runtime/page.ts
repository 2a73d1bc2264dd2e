/** A page with one script, on this machine only, with the strictest policy that allows WebAssembly. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
const PAGE = '<!doctype html><script type="module" src="/script.js"></script>';

export async function servePage(script: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/script.js';
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.end(isScript ? script : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
