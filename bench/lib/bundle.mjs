// Bundles code and its imports into one minified ES module.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/paths.mjs';
import { bundleWorker, minified } from '../../scripts/serve/bundle.mjs';

/** Folder inside bench/, so that the code finds the packages that are installed there. */
const FOLDER = join(root, 'bench', 'dist', 'bundles');

/**
 * Bundles for Workers, as `npm start` and the tests do.
 * @param {string} code
 * @returns {Promise<{ code: string, wasm: Record<string, Uint8Array<ArrayBuffer>> }>}
 */
export function forWorkers(code) {
  return withFile(code, async (entry) => {
    const bundle = await bundleWorker(entry);
    return { code: await minified(bundle.code), wasm: bundle.wasm };
  });
}

/**
 * Bundles for Node, Deno and Bun, with the default loader.
 * @param {string} code
 */
export function forProcesses(code) {
  return withFile(code, async (entry) => {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'es2024',
      minify: true,
      logLevel: 'silent',
      // CommonJS packages call `require` for Node's modules, which ES modules do not have.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    return outputFiles[0]?.text ?? '';
  });
}

/**
 * @template Result
 * @param {string} code
 * @param {(path: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
async function withFile(code, work) {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(FOLDER, 'entry-'));
  try {
    const path = join(folder, 'entry.mjs');
    writeFileSync(path, code);
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
