// Compiles the Rust crate wasm/ to the WebAssembly module, generates its JavaScript with xtask, shrinks the module, and
// writes it in the two forms that the loaders import.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generated, modules, node24, root } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';
import { compilerFor } from './rust.mjs';
import { cargoEnvironment, WASM_TARGET } from './targets.mjs';

const CRATE = 'livekit-edge-wasm';
/** Level of wasm-opt. */
const LEVEL = '-O3';
/** What rustc emits by default for this target, plus the SIMD of .cargo/config.toml. Nothing newer than these. */
const FEATURES = [
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-reference-types',
  '--enable-sign-ext',
  '--enable-simd',
];
const BINARYEN = join(modules, 'binaryen');
const XTASK = join(root, 'xtask');
const MARK = '// Made by scripts/setup/wasm.mjs; never edited.\n';

/** @returns {Promise<string>} for the step's line */
export async function wasmTarget() {
  return (await compilerFor(WASM_TARGET)).name;
}

export async function wasmModule() {
  const compiled = await compile();
  const file = (/** @type {string} */ name) => join(generated, name);
  const wasm = file('livekit_edge.wasm');
  const outputs = [
    wasm,
    ...['.js', '.d.ts', '.wasm.d.ts', '.base64.js', '.base64.d.ts'].map((end) => file(`livekit_edge${end}`)),
  ];
  const flags = [LEVEL, ...FEATURES];
  const inputs = digest([compiled, join(BINARYEN, 'package.json'), XTASK, join(root, 'Cargo.lock')], flags);
  const made = await unlessFresh('wasm', { inputs, outputs }, async () => {
    mkdirSync(generated, { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-wasm-'));
    try {
      await bindgen(compiled, folder);
      for (const name of ['livekit_edge.js', 'livekit_edge.d.ts']) {
        writeFileSync(file(name), readFileSync(join(folder, name)));
      }
      const shrunk = join(folder, 'shrunk.wasm');
      await mustRun(
        node24(),
        [join(BINARYEN, 'bin', 'wasm-opt'), ...flags, join(folder, 'livekit_edge_bg.wasm'), '-o', shrunk],
        'wasm-opt failed on the compiled module; its message is above.',
      );
      writeFileSync(wasm, readFileSync(shrunk));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    writeFileSync(
      file('livekit_edge.base64.js'),
      `${MARK}export default '${readFileSync(wasm).toString('base64')}';\n`,
    );
    // Not `WebAssembly.Module`, which a program without the library DOM does not know.
    writeFileSync(file('livekit_edge.wasm.d.ts'), `${MARK}declare const module: object;\nexport default module;\n`);
    writeFileSync(file('livekit_edge.base64.d.ts'), `${MARK}declare const base64: string;\nexport default base64;\n`);
  });
  return made ? sizes(readFileSync(wasm)) : 'up to date';
}

/** Cargo itself knows what changed, so it is run every time. */
async function compile() {
  const { cargo, env, targetDir } = await compilerFor(WASM_TARGET);
  const target = ['--target', WASM_TARGET, '--target-dir', targetDir];
  await mustRun(
    cargo,
    ['build', '--locked', '--release', ...target, '-p', CRATE, ...withoutFolders(env)],
    'The WebAssembly module does not compile; the message of cargo is above.',
    { env },
  );
  return join(targetDir, WASM_TARGET, 'release', `${CRATE.replaceAll('-', '_')}.wasm`);
}

/**
 * Generates the JavaScript of a compiled module. The first time cargo compiles wasm-bindgen's generator, in half a minute.
 * @param {string} compiled
 * @param {string} folder
 */
async function bindgen(compiled, folder) {
  await mustRun(
    'cargo',
    ['run', '--locked', '--quiet', '-p', 'xtask', '--', compiled, folder],
    'wasm-bindgen failed on the compiled module; its message is above.',
    { env: cargoEnvironment() },
  );
}

/**
 * Panics name the source files of dependencies. The module is to name no folder of the machine that it was made on, and to
 * be the same on every other.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutFolders(env) {
  const sources = join(env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
  const flags = JSON.stringify([`--remap-path-prefix=${sources}=crates`]);
  // A setting on the command line is added to the one in .cargo/config.toml; RUSTFLAGS would take its place.
  return ['--config', `target.${WASM_TARGET}.rustflags=${flags}`];
}

/** @param {Buffer} module */
function sizes(module) {
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  return `${kilobytes(module.length)}, gzip ${kilobytes(gzipSync(module).length)}`;
}
