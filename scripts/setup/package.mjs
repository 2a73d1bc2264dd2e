// Compiles pkg/src to pkg/dist, puts the wasm module beside it, and writes both once more as CommonJS into pkg/cjs, for `require`,
// jest, and TypeScript projects that compile to it: what users install.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commonJs, dist, generated, modules, node24, root } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';

const PKG = join(root, 'pkg');
const TSC = join(modules, 'typescript', 'bin', 'tsc');
const INPUTS = [
  ...['src', 'package.json', 'tsconfig.json'].map((name) => join(PKG, name)),
  join(root, 'package-lock.json'),
  join(root, 'scripts', 'setup', 'package.mjs'),
];

/** Node 20 before 20.19 cannot load an ES module by `require`: what uses jose stays one, and is imported. */
const ES_MODULE = /[/\\]jose\.js$/;
/** Files that a CommonJS program never loads: other loaders, the command line, and jose's types, which TypeScript rejects there. */
const LEFT_OUT = /loader\.(workerd|edge-light)\.|\.wasm($|\.)|^(cli|inspect)[/\\]|jose\.d\.ts$/;
const REPLACED = /** @type {const} */ ([
  // The loader that `imports` of package.json would choose: the other ones are for bundlers, which use the ES modules.
  ["'#wasm'", "'./loader.default.js'"],
  ["import('./jose.js')", "import('./jose.mjs')"],
  ['import.meta.url', "require('node:url').pathToFileURL(__filename).href"],
]);

export async function npmPackage() {
  const made = await unlessFresh('typescript', { inputs: digest(INPUTS), outputs: [dist, commonJs] }, async () => {
    // The compiler doesn't delete what a removed source file left behind.
    rmSync(dist, { recursive: true, force: true });
    await mustRun(node24(), [TSC, '-p', PKG], 'The TypeScript package does not compile; the message of tsc is above.');
    cpSync(generated, join(dist, 'wasm', 'generated'), { recursive: true });
    await writeCommonJs();
  });
  return made ? undefined : 'up to date';
}

/** A file has the same depth in both folders, so that paths relative to it stay true. */
async function writeCommonJs() {
  // Not at the top: setup.mjs imports this file before the npm packages are installed.
  const { transform } = await import('esbuild');
  rmSync(commonJs, { recursive: true, force: true });
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((name) => /\.(js|d\.ts)$/.test(name) && !LEFT_OUT.test(name))) {
    const file = join(commonJs, name);
    cpSync(join(dist, name), ES_MODULE.test(file) ? file.replace(/js$/, 'mjs') : file);
    if (name.endsWith('.d.ts') || ES_MODULE.test(file)) continue;
    let source = readFileSync(file, 'utf8');
    for (const [from, to] of REPLACED) source = source.replaceAll(from, to);
    const { code } = await transform(source, {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      supported: { 'dynamic-import': source.includes('jose.mjs') },
      banner: "'use strict';",
    });
    writeFileSync(file, code);
  }
  writeFileSync(join(commonJs, 'package.json'), `${JSON.stringify({ type: 'commonjs' }, null, 2)}\n`);
}
