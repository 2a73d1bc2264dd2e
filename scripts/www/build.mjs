// Makes the playground's files from www/, in memory: nothing can be stale, and tests that run side by side share none.
import { readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { root } from '../lib/paths.mjs';

const WWW = join(root, 'www');
const AS_THEY_ARE = ['index.html', 'icon.svg'];
/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * @typedef {{ type: string, body: Uint8Array }} File
 *
 * @returns {Promise<Map<string, File>>} by path; `/` is the page
 */
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
  const made = outputFiles.map(({ path, contents }) => ({ name: relative(WWW, path).split(sep).join('/'), contents }));
  const copied = AS_THEY_ARE.map((name) => ({ name, contents: readFileSync(join(WWW, name)) }));
  return new Map(
    [...copied, ...made].map(({ name, contents }) => [
      name === 'index.html' ? '/' : `/${name}`,
      { type: TYPES[extname(name)] ?? 'application/octet-stream', body: contents },
    ]),
  );
}
