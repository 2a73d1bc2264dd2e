// `deno publish` of pkg/ to JSR: the TypeScript sources and the module. The options are passed on, such as `--dry-run`.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, root } from '../lib/paths.mjs';

const PKG = join(root, 'pkg');

copyFileSync(join(root, 'LICENSE'), join(PKG, 'LICENSE'));
// The sources import `./x.js`, as TypeScript wants it for npm. Deno replaces it by `./x.ts` in what it publishes.
const args = [join(modules, 'deno', 'bin.cjs'), 'publish', '--unstable-sloppy-imports', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { cwd: PKG, stdio: 'inherit' }).status ?? 1;
