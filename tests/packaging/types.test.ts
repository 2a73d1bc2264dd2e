// The packed types compile with every TypeScript from 5.0 on, in every module mode, with the libraries checked.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { node24 } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { whyNotInstalled } from '../support/install.mjs';
import { installPacked, packInto } from '../support/packed.ts';
import { COMPILERS } from './compilers.ts';

const SECONDS = 120;

/** The libraries with which each program is compiled; without `@types`. */
const PROGRAMS: Record<string, string[]> = {
  tokens: ['ES2022'],
  endpoint: ['ES2022', 'DOM'],
};
/** The compiler options of the programs, and the compilers. An ending makes a file an ES module (`mts`) or CommonJS (`cts`). */
interface Mode {
  readonly module: string;
  readonly moduleResolution: string;
  readonly endings: readonly string[];
  readonly from?: number;
  readonly below?: number;
}
const MODES: readonly Mode[] = [
  { module: 'CommonJS', moduleResolution: 'Node10', endings: ['ts'], below: 6 },
  { module: 'Node16', moduleResolution: 'Node16', endings: ['cts', 'mts'] },
  { module: 'NodeNext', moduleResolution: 'NodeNext', endings: ['cts', 'mts'] },
  { module: 'ESNext', moduleResolution: 'Bundler', endings: ['ts'] },
  { module: 'Preserve', moduleResolution: 'Bundler', endings: ['ts'], from: 5.4 },
];
const AT_ONCE = 2;

/** Hono's own types need this version (`Uint8Array<ArrayBuffer>`). Below it, only errors in Hono's types are ignored. */
const HONO_NEEDS = 5.7;
const IN_HONO = /node_modules\/hono\//;

// Outside of the repository, so that its packages are not found.
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-types-'));
let missing: string | undefined;
before(async () => {
  missing = await whyNotInstalled('typescript');
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await installPacked(folder, await packInto(folder), ['hono', 'postgres']);
  for (const program of Object.keys(PROGRAMS)) {
    for (const ending of ['ts', 'mts', 'cts']) {
      cpSync(join(import.meta.dirname, 'typescript', `${program}.ts`), join(folder, `${program}.${ending}`));
    }
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function compile(
  version: string,
  program: string,
  { module, moduleResolution, endings }: Mode,
): Promise<string[]> {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'ES2022',
    lib: PROGRAMS[program],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const config = join(folder, `tsconfig.${version}.${program}.${module}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: endings.map((ending) => `${program}.${ending}`) }));
  const args = [COMPILERS[version] ?? '', '--pretty', 'false', '-p', config];
  const { code, stdout, output } = await run(node24(), args, { cwd: folder, seconds: SECONDS });
  const errors = stdout.split('\n').filter((line) => /\berror TS\d+: /.test(line));
  assert.ok(code === 0 || errors.length > 0, output);
  return errors.filter((error) => Number(version) >= HONO_NEEDS || !IN_HONO.test(error));
}

describe('the types compile', { concurrency: AT_ONCE }, () => {
  for (const version of Object.keys(COMPILERS)) {
    const isKnown = ({ from = 0, below = Infinity }: Mode) => Number(version) >= from && Number(version) < below;
    for (const mode of MODES.filter(isKnown)) {
      for (const program of Object.keys(PROGRAMS)) {
        test(`TypeScript ${version}, module ${mode.module}, ${program}.${mode.endings.join(' and .')}`, async (t) => {
          if (missing !== undefined && Number(version) < 7) return t.skip(missing);
          assert.deepEqual(await compile(version, program, mode), []);
        });
      }
    }
  }
});
