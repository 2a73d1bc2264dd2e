// Compiles the Rust crate wasm/ to the WebAssembly module, generates its JavaScript with xtask, shrinks the module, and
// writes it in the two forms that the loaders import.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { generated, modules, node24, root } from '../lib/paths.mjs';
import { mustRun } from '../lib/run.mjs';
import { digest, unlessFresh } from '../lib/stamp.mjs';
import { compilerFor } from './rust.mjs';
import { cargoEnvironment, WASM_TARGET } from './targets.mjs';

const CRATE = 'livekit-edge-wasm';
const BINARYEN = join(modules, 'binaryen');
const XTASK = join(root, 'xtask');
const SCRIPT = fileURLToPath(import.meta.url);
const MARK = '// Made by scripts/setup/wasm.mjs; never edited.\n';

/** @returns {Promise<string>} for the step's line */
export async function wasmTarget() {
  return (await compilerFor(WASM_TARGET)).name;
}

export async function wasmModule() {
  const compiled = await compile();
  const file = (/** @type {string} */ end) => join(generated, `livekit_edge${end}`);
  const wasm = file('.wasm');
  const outputs = ['.wasm', '.js', '.d.ts', '.wasm.d.ts', '.base64.js', '.base64.d.ts'].map(file);
  const inputs = digest([compiled, join(BINARYEN, 'package.json'), XTASK, join(root, 'Cargo.lock'), SCRIPT]);
  const made = await unlessFresh('wasm', { inputs, outputs }, async () => {
    mkdirSync(generated, { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-wasm-'));
    try {
      // The first time cargo compiles wasm-bindgen's generator, in half a minute.
      const xtask = ['run', '--locked', '--quiet', '-p', 'xtask', '--', compiled, folder];
      await mustRun('cargo', xtask, 'wasm-bindgen failed on the compiled module; its message is above.', {
        env: cargoEnvironment(),
      });
      for (const end of ['.js', '.d.ts']) copyFileSync(join(folder, `livekit_edge${end}`), file(end));
      // What the module may use beyond WebAssembly 1.0 is written in it by rustc.
      const args = [join(BINARYEN, 'bin', 'wasm-opt'), '-O3', join(folder, 'livekit_edge_bg.wasm'), '-o', wasm];
      await mustRun(node24(), args, 'wasm-opt failed on the compiled module; its message is above.');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    writeFileSync(file('.base64.js'), `${MARK}export default '${readFileSync(wasm).toString('base64')}';\n`);
    // Not `WebAssembly.Module`, which a program without the library DOM does not know.
    writeFileSync(file('.wasm.d.ts'), `${MARK}declare const module: object;\nexport default module;\n`);
    writeFileSync(file('.base64.d.ts'), `${MARK}declare const base64: string;\nexport default base64;\n`);
  });
  return made ? sizes(readFileSync(wasm)) : 'up to date';
}

/** Cargo itself knows what changed, so it is run every time. */
async function compile() {
  const { cargo, env, targetDir } = await compilerFor(WASM_TARGET);
  const args = ['build', '--locked', '--release', '--target', WASM_TARGET, '--target-dir', targetDir, '-p', CRATE];
  const sentence = 'The WebAssembly module does not compile; the message of cargo is above.';
  await mustRun(cargo, [...args, ...withoutFolders(env)], sentence, { env });
  return join(targetDir, WASM_TARGET, 'release', `${CRATE.replaceAll('-', '_')}.wasm`);
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
