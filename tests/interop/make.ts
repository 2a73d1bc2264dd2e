// Creates tests/vectors/interop/ again: `node tests/interop/make.ts` (all of it) or `node tests/interop/make.ts go`.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { CASES_FILE } from './support/cases.ts';
import type { Fixture } from './support/fixture.ts';
import { type Program, ready } from './support/ready.ts';
import { type Language, SDKS } from './support/sdks.ts';
import { claimsOf, KEY, SECRET } from './support/tokens.ts';

const run = promisify(execFile);

const javascript: Program = async (command, key, secret, input) => {
  const running = run(process.execPath, [join(import.meta.dirname, 'javascript', `${command}.ts`), key, secret]);
  running.child.stdin?.end(input);
  return (await running).stdout;
};

async function make(language: Language): Promise<string> {
  const program = language === 'javascript' ? javascript : await ready(language);
  if ('missing' in program) throw new Error(`${language}: ${program.missing}`);
  const madeAt = new Date().toISOString();
  const made = JSON.parse(await program('make', KEY, SECRET, readFileSync(CASES_FILE, 'utf8')));
  const { name, script, clock, lacks } = SDKS[language];
  const fixture: Fixture = {
    sdk: name,
    version: made.version,
    script: `tests/interop/${script}`,
    madeAt,
    clock,
    lacks,
    apiKey: KEY,
    apiSecret: SECRET,
    tokens: made.tokens.map(({ name, token }: { name: string; token: string }) => ({
      name,
      token,
      claims: claimsOf(token),
    })),
  };
  const file = join(root, 'tests', 'vectors', 'interop', `${language}.json`);
  // Characters that an editor shows as nothing or as the end of a line are escaped.
  const json = JSON.stringify(fixture, null, 2).replace(/[\x7f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  writeFileSync(file, `${json}\n`);
  return file;
}

const named = process.argv.slice(2);
const files: string[] = [];
for (const language of named.length > 0 ? named : Object.keys(SDKS)) {
  files.push(await make(language as Language));
}
const biome = join(modules, '@biomejs', 'biome', 'bin', 'biome');
await run(process.execPath, [biome, 'format', '--write', ...files], { cwd: root });
