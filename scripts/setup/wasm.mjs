// Compiles the Rust core to the two wasm modules, shrinks them, and writes each in the two forms the loaders import.
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
/** Each is a feature of the crate, and named after it. */
const MODULES = ['tokens', 'endpoint'];
const MARK = '// Made by scripts/setup/wasm.mjs; never edited.\n';

/** @returns {Promise<string>} for the step's line */
export async function wasmTarget() {
  return (await compilerFor(WASM_TARGET)).name;
}

export async function wasmModules() {
  const made = [];
  for (const name of MODULES) made.push(`${name} ${await wasmModule(name)}`);
  return made.join(', ');
}

/** @param {string} name */
async function wasmModule(name) {
  const compiled = await compile(name);
  const wasm = join(generated, `${name}.wasm`);
  const base64 = join(generated, `${name}.base64.js`);
  const types = join(generated, `${name}.base64.d.ts`);
  const flags = [LEVEL, ...FEATURES];
  const inputs = digest([compiled, join(BINARYEN, 'package.json')], flags);
  const made = await unlessFresh(`wasm-${name}`, { inputs, outputs: [wasm, base64, types] }, async () => {
    mkdirSync(generated, { recursive: true });
    await mustRun(
      node24(),
      [join(BINARYEN, 'bin', 'wasm-opt'), ...flags, compiled, '-o', wasm],
      'wasm-opt failed on the compiled module; its message is above.',
    );
    writeFileSync(base64, `${MARK}export default '${readFileSync(wasm).toString('base64')}';\n`);
    writeFileSync(types, `${MARK}declare const base64: string;\nexport default base64;\n`);
  });
  return made ? sizes(readFileSync(wasm)) : 'up to date';
}

/**
 * Cargo itself knows what changed, so it is asked every time; each module has a folder of its own there, since they have one
 * file name.
 * @param {string} name
 */
async function compile(name) {
  const { cargo, env, targetDir: folder } = await compilerFor(WASM_TARGET);
  const targetDir = join(folder, name);
  const target = ['--target', WASM_TARGET, '--target-dir', targetDir];
  await mustRun(
    cargo,
    [
      'build',
      '--locked',
      '--profile',
      PROFILE,
      ...target,
      '-p',
      CRATE,
      '--no-default-features',
      '--features',
      name,
      ...withoutFolders(env),
    ],
    `The wasm module '${name}' does not compile; the message of cargo is above.`,
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
