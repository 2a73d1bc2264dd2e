// Compiles the Rust core to the one wasm module, shrinks it, and writes it in the two forms the loaders import.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generated, modules, node24 } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';
import { compilerFor } from './rust.mjs';
import { WASM_TARGET } from './targets.mjs';

const CRATE = 'livekit-edge-wasm';
const PROFILE = 'wasm';
/** `-O3` or `-Os`: the one place that decides. */
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
const WASM = join(generated, 'core.wasm');
const BASE64 = join(generated, 'core.base64.js');
const BASE64_TYPES = join(generated, 'core.base64.d.ts');
const MARK = '// Made by scripts/setup/wasm.mjs; never edited.\n';

/** @returns {Promise<string>} for the step's line */
export async function wasmTarget() {
  return (await compilerFor(WASM_TARGET)).name;
}

export async function wasmModule() {
  const compiled = await compile();
  const flags = [LEVEL, ...FEATURES];
  const inputs = digest([compiled, join(BINARYEN, 'package.json')], flags);
  const made = await unlessFresh('wasm', { inputs, outputs: [WASM, BASE64, BASE64_TYPES] }, async () => {
    mkdirSync(generated, { recursive: true });
    await mustRun(
      node24(),
      [join(BINARYEN, 'bin', 'wasm-opt'), ...flags, compiled, '-o', WASM],
      'wasm-opt failed on the compiled module; its message is above.',
    );
    writeFileSync(BASE64, `${MARK}export default '${readFileSync(WASM).toString('base64')}';\n`);
    writeFileSync(BASE64_TYPES, `${MARK}declare const base64: string;\nexport default base64;\n`);
  });
  return made ? sizes(readFileSync(WASM)) : 'up to date';
}

/** Cargo itself knows what changed, so it is asked every time. */
async function compile() {
  const { cargo, env, targetDir } = await compilerFor(WASM_TARGET);
  const target = ['--target', WASM_TARGET, '--target-dir', targetDir];
  await mustRun(
    cargo,
    ['build', '--locked', '--profile', PROFILE, ...target, '-p', CRATE, ...withoutFolders(env)],
    'The wasm module does not compile; the message of cargo is above.',
    { env },
  );
  return join(targetDir, WASM_TARGET, PROFILE, `${CRATE.replaceAll('-', '_')}.wasm`);
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
