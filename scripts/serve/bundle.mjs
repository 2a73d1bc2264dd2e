// Makes one ES module of the compiled Worker, the way wrangler does, and leaves the wasm module beside it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { dist } from '../lib/paths.mjs';

export const WORKER_ENTRY = join(dist, 'cloudflare.js');
/** The file name the bundle itself gets. */
export const MAIN_MODULE = 'worker.js';

/**
 * workerd compiles no WebAssembly from bytes: the module has to be handed over as a module of its own, which the
 * bundle imports by its file name.
 * @param {string} entry
 * @returns {Promise<{ code: string, wasm: Record<string, Uint8Array<ArrayBuffer>>, exports: string[] }>}
 */
export async function bundleWorker(entry = WORKER_ENTRY) {
  /** @type {Record<string, Uint8Array<ArrayBuffer>>} */
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

/**
 * The same module as one would deploy it.
 * @param {string} code
 */
export async function minified(code) {
  return (await transform(code, { minify: true, format: 'esm', target: 'es2024' })).code;
}
