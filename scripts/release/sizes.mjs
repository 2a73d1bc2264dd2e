// `npm run sizes`: measures what each entry adds to a Worker, and writes it into sizes.json, which a test compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../lib/paths.mjs';
import { main } from '../lib/problem.mjs';
import { bundleWorker, minified } from '../serve/bundle.mjs';

/** The recorded sizes. */
const RECORD = join(root, 'scripts', 'release', 'sizes.json');

/** @typedef {{ minified: number, gzip: number }} Size bytes */

const ENTRIES = ['livekit-edge', 'livekit-edge/tokens', 'livekit-edge/server', 'livekit-edge/cloudflare'];

/**
 * Each entry's JavaScript, bundled for Workers with all that it imports, and the module, which all of them have beside it.
 * @returns {Promise<Record<string, Size>>}
 */
export async function measureSizes() {
  /** @type {Record<string, Size>} */
  const sizes = {};
  /** @type {Record<string, Size>} */
  const modules = {};
  for (const entry of ENTRIES) {
    const { code, wasm } = await bundleWorker(entry);
    sizes[entry] = size(Buffer.from(await minified(code)));
    for (const [name, bytes] of Object.entries(wasm)) modules[name] = size(Buffer.from(bytes));
  }
  return { ...sizes, ...modules };
}

/** @returns {Record<string, Size>} */
export const recordedSizes = () => JSON.parse(readFileSync(RECORD, 'utf8'));

/** @param {Buffer} bytes @returns {Size} */
const size = (bytes) => ({ minified: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length });

async function writeSizes() {
  const sizes = await measureSizes();
  writeFileSync(RECORD, `${JSON.stringify(sizes, undefined, 2)}\n`);
  console.table(sizes);
}

await main(writeSizes, import.meta.url);
