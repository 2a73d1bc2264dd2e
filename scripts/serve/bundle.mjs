// Makes one ES module of the compiled Worker, the way wrangler does, and leaves the wasm module beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { dist } from '../lib/paths.mjs';

const WORKER_ENTRY = join(dist, 'cloudflare.js');
/** The file name of the bundle. */
export const MAIN_MODULE = 'worker.js';

/** @typedef {{ code: string, wasm: Record<string, Uint8Array<ArrayBuffer>>, exports: string[] }} Bundle */

/** By entry: a process that starts a Worker again bundles it once. @type {Map<string, Promise<Bundle>>} */
const bundles = new Map();

export function bundleWorker(entry = WORKER_ENTRY) {
  const bundle = bundles.get(entry) ?? makeBundle(entry);
  bundles.set(entry, bundle);
  return bundle;
}

/**
 * workerd compiles no WebAssembly from bytes: the bundle imports the compiled module by its file name.
 * @param {string} entry
 * @returns {Promise<Bundle>}
 */
async function makeBundle(entry) {
  /** @type {Bundle['wasm']} */
  const wasm = {};
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    metafile: true,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'wasm-as-a-module',
        setup({ onResolve }) {
          onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
            const name = path.split('/').at(-1) ?? path;
            wasm[name] = new Uint8Array(readFileSync(join(resolveDir, path)));
            return { path: `./${name}`, external: true };
          });
        },
      },
    ],
  });
  const exports = Object.values(metafile.outputs).flatMap((output) => output.exports);
  return { code: outputFiles[0]?.text ?? '', wasm, exports };
}

/** The same module as one would deploy it. @param {string} code */
export async function minified(code) {
  return (await transform(code, { minify: true, format: 'esm', target: 'es2024' })).code;
}
