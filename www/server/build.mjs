// Makes the playground's files from www/, in memory: nothing can be stale, and tests that run side by side share none.
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/paths.mjs';

const WWW = join(root, 'www');
/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** By path; `/` is the page. @returns {Promise<Record<string, import('./playground.mjs').File>>} */
export async function buildPlayground() {
  const { outputFiles } = await build({
    entryPoints: { main: join(WWW, 'src', 'main.ts'), style: join(WWW, 'style.css') },
    bundle: true,
    write: false,
    outdir: WWW,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const copied = ['index.html', 'icon.svg'].map((path) => ({ path, text: readFileSync(join(WWW, path), 'utf8') }));
  const files = [...copied, ...outputFiles].map(({ path, text }) => [
    path === 'index.html' ? '/' : `/${basename(path)}`,
    { type: `${TYPES[extname(path)]}; charset=utf-8`, text },
  ]);
  return Object.fromEntries(files);
}
