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

const SECONDS = 900;

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
/** TypeScript 5.0 and 5.4 treat NodeNext like Node16, except for import assertions, which no file has. */
const MODES: readonly Mode[] = [
  { module: 'CommonJS', moduleResolution: 'Node10', endings: ['ts'], below: 6 },
  { module: 'Node16', moduleResolution: 'Node16', endings: ['cts', 'mts'] },
  { module: 'NodeNext', moduleResolution: 'NodeNext', endings: ['cts', 'mts'], from: 5.8 },
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

/** Writes the configuration of a program in a mode; returns the name of its file. */
function configure(version: string, program: string, { module, moduleResolution, endings }: Mode): string {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'ES2022',
    lib: PROGRAMS[program],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    // Skips only the compiler's own libraries.
    skipDefaultLibCheck: true,
    noEmit: true,
  };
  const name = `tsconfig.${version}.${program}.${module}.json`;
  const files = endings.map((ending) => `${program}.${ending}`);
  writeFileSync(join(folder, name), JSON.stringify({ compilerOptions, files }));
  return name;
}

/** Compiles with all configurations in one process; returns its lines for each, except those on its progress. */
async function compile(version: string, configurations: string[]): Promise<Map<string, string[]>> {
  const args = [COMPILERS[version] ?? '', '--build', '--verbose', '--pretty', 'false', ...configurations];
  const { code, output } = await run(node24(), args, { cwd: folder, seconds: SECONDS });
  const [, ...parts] = output.split(/^.* - Building project '(?:.*[\\/])?(.+)'\.\.\.$/m);
  const lines = new Map<string, string[]>();
  for (let index = 0; index < parts.length; index += 2) {
    const printed = parts[index + 1]?.split('\n').filter((line) => /^\S/.test(line) && !/ - Project '/.test(line));
    lines.set(parts[index] ?? '', printed ?? []);
  }
  assert.deepEqual([...lines.keys()].sort(), [...configurations].sort(), output);
  assert.ok(code === 0 || (code > 0 && [...lines.values()].some((all) => all.length > 0)), output);
  return lines;
}

describe('the types compile', { concurrency: AT_ONCE }, () => {
  for (const version of Object.keys(COMPILERS)) {
    describe(`TypeScript ${version}`, () => {
      const isKnown = ({ from = 0, below = Infinity }: Mode) => Number(version) >= from && Number(version) < below;
      const cases = MODES.filter(isKnown).flatMap((mode) =>
        Object.keys(PROGRAMS).map((program) => ({ mode, program, name: configure(version, program, mode) })),
      );
      const isMissing = () => missing !== undefined && Number(version) < 7;
      let lines: Map<string, string[]>;
      before(async () => {
        if (!isMissing())
          lines = await compile(
            version,
            cases.map(({ name }) => name),
          );
      });
      for (const { mode, program, name } of cases) {
        test(`TypeScript ${version}, module ${mode.module}, ${program}.${mode.endings.join(' and .')}`, (t) => {
          if (isMissing()) return t.skip(missing);
          const isIgnored = (line: string) => Number(version) < HONO_NEEDS && IN_HONO.test(line);
          assert.deepEqual(
            lines.get(name)?.filter((line) => !isIgnored(line)),
            [],
          );
        });
      }
    });
  }
});
