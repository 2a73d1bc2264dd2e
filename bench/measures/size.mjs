// Measures the size of bundles by esbuild, minified: raw, gzip and brotli.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { forProcesses, forWorkers } from '../lib/bundle.mjs';
import { kilobytes } from '../lib/format.mjs';
import { section } from '../lib/section.mjs';

const MODULE = 'livekit-edge, the module alone';
const TOKENS = 'livekit-edge/tokens, all of it, Workers';

/** @type {{ name: string, code: string, loader?: 'workers' | 'default' }[]} */
const BUNDLES = [
  { name: 'livekit-edge, all of it, Workers', code: "export * from 'livekit-edge';" },
  { name: 'livekit-edge, all of it, default loader', code: "export * from 'livekit-edge';", loader: 'default' },
  {
    name: 'livekit-edge, token, verifier and webhooks, Workers',
    code: "export { AccessToken, TokenVerifier, WebhookReceiver } from 'livekit-edge';",
  },
  { name: TOKENS, code: "export * from 'livekit-edge/tokens';" },
  { name: 'livekit-edge, AccessToken alone, Workers', code: "export { AccessToken } from 'livekit-edge';" },
  {
    name: 'livekit-server-sdk, token, verifier and webhooks, Workers',
    code: "export { AccessToken, TokenVerifier, WebhookReceiver } from 'livekit-server-sdk';",
  },
  { name: 'livekit-edge/cloudflare, the whole Worker', code: "export { default } from 'livekit-edge/cloudflare';" },
  { name: 'livekit-server-sdk, AccessToken alone, Workers', code: "export { AccessToken } from 'livekit-server-sdk';" },
];

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size */

/** @param {import('../lib/context.mjs').Context} context */
export async function size({ say }) {
  const found = section('Size', [
    'Bundled and minified by esbuild. The module and the JavaScript are compressed separately, and their sizes added. Every bundle contains the same module. For Workers the module is a separate file; with the default loader it is base64 in the JavaScript. KB are 1024 bytes.',
  ]);
  /** @type {[string, Size][]} */
  const sizes = [];
  for (const { name, code, loader = 'workers' } of BUNDLES) {
    say(name);
    if (loader === 'default') {
      sizes.push([name, measure([await forProcesses(code)])]);
      continue;
    }
    const bundle = await forWorkers(code);
    const module = Object.values(bundle.wasm);
    sizes.push([name, measure([bundle.code, ...module])]);
    if (sizes.length === 1) sizes.push([MODULE, measure(module)]);
  }
  found.tables.push({
    table: {
      columns: ['', 'raw', 'gzip', 'brotli'],
      rows: sizes.map(([name, { raw, gzip, brotli }]) => [name, kilobytes(raw), kilobytes(gzip), kilobytes(brotli)]),
    },
  });
  found.charts.push({
    title: 'Size, gzip',
    bars: sizes.map(([name, { gzip }]) => ({
      name,
      value: gzip,
      label: kilobytes(gzip),
      isOurs: name.startsWith('livekit-edge'),
    })),
  });
  const gzipFinding = (/** @type {string} */ wanted) => {
    const kilobytes = (sizes.find(([name]) => name === wanted)?.[1].gzip ?? Number.NaN) / 1024;
    return { median: kilobytes, low: kilobytes, high: kilobytes };
  };
  found.findings['module, gzip'] = gzipFinding(MODULE);
  found.findings['tokens, gzip'] = gzipFinding(TOKENS);
  return found;
}

/** Sizes by content, because most bundles contain the same module. @type {Map<string, Size>} */
const measured = new Map();

/** @param {(string | Uint8Array)[]} files @returns {Size} */
function measure(files) {
  const sizes = files.map((file) => sizeOf(Buffer.from(/** @type {any} */ (file))));
  const sum = (/** @type {keyof Size} */ form) => sizes.reduce((total, size) => total + size[form], 0);
  return { raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli') };
}

/** @param {Buffer} file @returns {Size} */
function sizeOf(file) {
  const content = file.toString('latin1');
  const size = measured.get(content) ?? {
    raw: file.length,
    gzip: gzipSync(file, { level: 9 }).length,
    brotli: brotliCompressSync(file).length,
  };
  measured.set(content, size);
  return size;
}
