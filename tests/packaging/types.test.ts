// The packed types compile with every TypeScript from 5.0 on, libraries checked.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { node24 } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { installPacked, packInto } from '../support/packed.ts';
import { COMPILERS } from './compilers.ts';
import { whyNotInstalled } from './install.ts';

const SECONDS = 120;

/** The libraries that each program is compiled with; no `@types` are. */
const PROGRAMS: Record<string, string[]> = {
  tokens: ['ES2022'],
  endpoint: ['ES2022', 'DOM'],
};
const MODULES = { NodeNext: 'NodeNext', ESNext: 'Bundler' };

/** Hono's own types need this version (`Uint8Array<ArrayBuffer>`). Its errors, and no others, are left out below it. */
const HONO_NEEDS = 5.7;
const IN_HONO = /node_modules\/hono\//;

// Outside of the repository, whose packages must not be found by accident.
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-types-'));
let missing: string | undefined;
before(async () => {
  missing = await whyNotInstalled('typescript');
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await installPacked(folder, await packInto(folder), ['hono', 'postgres']);
  for (const program of Object.keys(PROGRAMS)) {
    cpSync(join(import.meta.dirname, 'typescript', `${program}.ts`), join(folder, `${program}.ts`));
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function compile(compiler: string, program: string, module: string, moduleResolution: string): Promise<string[]> {
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
  const config = join(folder, `tsconfig.${program}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [`${program}.ts`] }));
  const options = { cwd: folder, seconds: SECONDS };
  const { code, stdout, output } = await run(node24(), [compiler, '--pretty', 'false', '-p', config], options);
  const errors = stdout.split('\n').filter((line) => /\berror TS\d+: /.test(line));
  assert.ok(code === 0 || errors.length > 0, output);
  return errors;
}

for (const [version, compiler] of Object.entries(COMPILERS)) {
  for (const [module, moduleResolution] of Object.entries(MODULES)) {
    for (const program of Object.keys(PROGRAMS)) {
      test(`TypeScript ${version}, ${moduleResolution}: ${program}.ts`, async (t) => {
        if (missing !== undefined && Number(version) < 7) return t.skip(missing);
        const errors = await compile(compiler, program, module, moduleResolution);
        const ignored = (error: string) => Number(version) < HONO_NEEDS && IN_HONO.test(error);
        assert.deepEqual(
          errors.filter((error) => !ignored(error)),
          [],
        );
      });
    }
  }
}
