// Describes the machine and the versions, without names of hosts or folders.
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

const PACKAGES = {
  [join(root, 'node_modules')]: [
    'livekit-server-sdk',
    'jose',
    'hono',
    'esbuild',
    'deno',
    'bun',
    'workerd',
    'miniflare',
  ],
  [join(root, 'bench', 'node_modules')]: [
    'fast-jwt',
    'jsonwebtoken',
    '@tsndr/cloudflare-worker-jwt',
    '@nestjs/core',
    'passport-jwt',
    'autocannon',
  ],
};
const CRATES = ['livekit-api', 'livekit-token', 'jsonwebtoken', 'criterion'];
const GB = 1024 ** 3;

/** Returns the load of the machine. Call it before the benchmark starts. */
export function load() {
  const [average = 0] = loadavg();
  const processors = cpus().length;
  const busy = average > processors / 2 ? ', a busy machine: the quartiles say how much to believe' : '';
  return `load average ${average.toFixed(1)} on ${processors} processors before the run${busy}`;
}

/** @returns {Promise<string[]>} */
export async function machine() {
  const processors = cpus();
  const packages = Object.entries(PACKAGES).flatMap(([folder, names]) =>
    names.map((name) => `${name} ${readVersion(join(folder, name))}`),
  );
  const lock = readFileSync(join(root, 'bench', 'native', 'Cargo.lock'), 'utf8');
  const crates = CRATES.map(
    (name) => `${name} ${lock.split(`name = "${name}"\nversion = "`)[1]?.split('"')[0] ?? '?'}`,
  );
  const [commit, changes, rustc] = await Promise.all([
    output('git', ['rev-parse', '--short', 'HEAD']),
    output('git', ['status', '--porcelain', '--', 'src', 'wasm', 'pkg']),
    output('rustc', ['--version']),
  ]);
  return [
    `${processors.length} × ${processors[0]?.model.trim()}, ${Math.round(totalmem() / GB)} GB, ${type()} ${release()}, ${process.arch}`,
    `livekit-edge ${readVersion(join(root, 'pkg'))} at ${commit || 'no commit'}${changes ? ' with changes' : ''}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8}), ${packages.join(', ')}`,
    `${rustc.replace(/ \(.*/, '')}; crates ${crates.join(', ')}`,
  ];
}

/** @param {string} folder of a package */
function readVersion(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return 'not installed';
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 */
async function output(program, args) {
  const { code, stdout } = await run(program, args, { cwd: root });
  return code === 0 ? stdout.trim() : '';
}
