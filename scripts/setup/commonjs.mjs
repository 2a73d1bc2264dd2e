// Writes pkg/dist once more as CommonJS, into pkg/cjs: for `require`, for jest, and for TypeScript projects that compile to it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commonJs, dist } from '../lib/paths.mjs';

/** Node 20 before 20.19 cannot load an ES module by `require`: what uses jose stays one, and is imported. */
const ES_MODULE = join('server', 'identity-provider', 'jose.js');
const IMPORTS_ES_MODULE = join('server', 'identity-provider', 'jwks.js');
const MANIFEST = { type: 'commonjs' };
/** The loader that `imports` of package.json would choose, in `wasm/`: other ones are for bundlers, which take the ES modules. */
const [CHOSEN, DEFAULT] = ["'#wasm'", "'./loader.default.js'"];
/** Files that a CommonJS program never loads: other loaders, the command line, and jose's types, which TypeScript rejects there. */
const LEFT_OUT = /loader\.(workerd|edge-light)\.|\.wasm($|\.)|^(cli|inspect)[/\\]|jose\.d\.ts$/;
const FILE_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** A file has the same depth in both folders, so that paths relative to it stay true. */
export async function writeCommonJs() {
  // Not at the top: setup.mjs imports this file before the npm packages are installed.
  const { transform } = await import('esbuild');
  rmSync(commonJs, { recursive: true, force: true });
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((name) => /\.(js|d\.ts)$/.test(name) && !LEFT_OUT.test(name))) {
    const target = join(commonJs, name);
    mkdirSync(dirname(target), { recursive: true });
    if (name.endsWith('.d.ts')) copyFileSync(join(dist, name), target);
    else if (name === ES_MODULE) copyFileSync(join(dist, name), asEsModule(target));
    else writeFileSync(target, await converted(name, transform));
  }
  writeFileSync(join(commonJs, 'package.json'), `${JSON.stringify(MANIFEST, null, 2)}\n`);
}

/**
 * @param {string} name
 * @param {typeof import('esbuild').transform} transform
 */
async function converted(name, transform) {
  const source = readFileSync(join(dist, name), 'utf8').replace(CHOSEN, DEFAULT);
  const { code } = await transform(source, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': name === IMPORTS_ES_MODULE },
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: source.includes('import.meta.url') ? `'use strict';\n${FILE_URL}` : "'use strict';",
  });
  return name === IMPORTS_ES_MODULE ? code.replaceAll('./jose.js', asEsModule('./jose.js')) : code;
}

/** @param {string} path */
const asEsModule = (path) => path.replace(/\.js$/, '.mjs');
