// Builds for a target with Debian's compiler, for machines where rustup can fetch nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath, root } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { mustRun, run } from '../lib/run.mjs';
import { installStd } from './debian-std.mjs';
import { older, rustNeeded } from './prerequisites.mjs';
import { cargoEnvironment, libraryFolder, WASM_TARGET } from './targets.mjs';

export const DEBIAN_RUSTC = '/usr/bin/rustc';
const CARGO = '/usr/bin/cargo';
/** Debian has no std for wasm as a package, only its source. */
const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src'];
/** Debian's linker for wasm, for machines without rustup's. */
const LINKER_PACKAGE = 'lld-19';
const LINKER = '/usr/bin/wasm-ld-19';
const APT_SECONDS = 300;
/** Lies beside the library and says which compiler built it. */
const STAMP = '.built-by';

/**
 * Every step is skipped when its result is there.
 * @param {string} target
 * @returns {Promise<import('./targets.mjs').Compiler>}
 */
export async function debianCompiler(target) {
  await installPackages(PACKAGES, target);
  if (!(await debianHasStd(target))) await buildStd(target);
  const env = cargoEnvironment();
  env.RUSTC = DEBIAN_RUSTC;
  if (target === WASM_TARGET) env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = await linker(target);
  return { name: "Debian's rustc", cargo: CARGO, env, targetDir: join(root, 'target', 'debian') };
}

/**
 * Whether std for the target was built by the very compiler that is installed: one of another version is refused by
 * rustc, with an error that names neither cause nor cure.
 * @param {string} target
 */
export async function debianHasStd(target) {
  if (!existsSync(DEBIAN_RUSTC) || !existsSync(CARGO)) return false;
  const stamp = join((await libraryFolder(DEBIAN_RUSTC, target)) ?? '', STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === (await version());
}

async function version() {
  return (await run(DEBIAN_RUSTC, ['-vV'])).stdout;
}

/** @param {string} target */
async function buildStd(target) {
  const folder = await libraryFolder(DEBIAN_RUSTC, target);
  if (folder === undefined) throw new Problem(`Debian's rustc does not know the target ${target}.`);
  mustBeRoot(target, 'and building its library for another compiler');
  await installStd({
    target,
    folder,
    cargo: CARGO,
    rustc: DEBIAN_RUSTC,
    stamp: { name: STAMP, text: await version() },
  });
}

/**
 * @param {string[]} names
 * @param {string} target what they are wanted for
 */
async function installPackages(names, target) {
  const missing = [];
  for (const name of names) if (!(await installed(name))) missing.push(name);
  if (missing.length === 0) return;
  if (!onPath('apt-get')) {
    throw new Problem(`The Rust target ${target} is missing: run 'rustup target add ${target}' while online.`);
  }
  mustBeRoot(target, `and installing Debian's ${missing.join(', ')} instead`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const sentence = `rustup could not add the target ${target}, and apt-get could not install ${missing.join(', ')}: run 'rustup target add ${target}' while online.`;
  // A failed update leaves the lists as they were, which may be enough.
  await run('apt-get', ['update'], { env, seconds: APT_SECONDS });
  await mustRun('apt-get', ['install', '-y', '--no-install-recommends', ...missing], sentence, {
    env,
    seconds: APT_SECONDS,
  });
  const found = (await version()).match(/release: (\d+\.\d+)/)?.[1] ?? '0.0';
  if (older(found, rustNeeded())) {
    throw new Problem(
      `Debian's Rust is ${found}, older than ${rustNeeded()}: run 'rustup target add ${target}' while online.`,
    );
  }
}

/** @param {string} name */
async function installed(name) {
  const { code, stdout } = await run('dpkg', ['--status', name]);
  return code === 0 && stdout.includes('\nStatus: install ok installed\n');
}

/**
 * rustup's toolchain ships a linker for every target; any version of it does.
 * @param {string} target
 */
async function linker(target) {
  const host = (await run('rustc', ['-vV'])).stdout.match(/host: (\S+)/)?.[1];
  const sysroot = (await run('rustc', ['--print', 'sysroot'])).stdout.trim();
  const shipped = host ? join(sysroot, 'lib', 'rustlib', host, 'bin', 'rust-lld') : '';
  if (existsSync(shipped)) return shipped;
  await installPackages([LINKER_PACKAGE], target);
  return LINKER;
}

/**
 * @param {string} target
 * @param {string} what
 */
function mustBeRoot(target, what) {
  if (process.getuid?.() === 0) return;
  throw new Problem(
    `The Rust target ${target} is missing ${what} takes root: run 'rustup target add ${target}' while online, or 'npm run setup' once as root.`,
  );
}
