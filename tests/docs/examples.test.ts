// The examples of docstrings compile, as strictly as the package itself.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { modules, node24, root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/run.mjs';

const SECONDS = 120;
const SOURCES = join(root, 'pkg', 'src');
const BLOCK = /^ *\* @example\n *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm;

/** Sources whose main export must have an example. */
const WITH_EXAMPLE = [
  'access-token.ts',
  'cloudflare.ts',
  'deno.ts',
  'index.ts',
  'livekit-api/agent-dispatch-client.ts',
  'livekit-api/egress-client.ts',
  'livekit-api/room-service-client.ts',
  'node.ts',
  'server/app.ts',
  'server/check-settings.ts',
  'server/livekit/room-service.ts',
  'server/rbac/kraken.ts',
  'service.ts',
  'token-verifier.ts',
  'validate-claims.ts',
  'webhook-receiver.ts',
];

/** The programs in the docstrings of a source. */
const examplesOf = (source: string): string[] =>
  [...source.matchAll(BLOCK)].map(([, lines = '']) => lines.replaceAll(/^ *\* ?/gm, ''));

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(SOURCES, file), 'utf8') }));

// Inside the project, so that `livekit-edge` resolves as it does for a user.
mkdirSync(join(root, '.data'), { recursive: true });
const folder = mkdtempSync(join(root, '.data', 'docstrings-'));
after(() => rmSync(folder, { recursive: true }));

/** Compiles programs and resolves with the errors. */
async function compile(programs: string[]): Promise<string> {
  const files = programs.map((code, index) => {
    const file = join(folder, `example-${index}.ts`);
    writeFileSync(file, code);
    return file;
  });
  const options = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --lib es2024,dom';
  const tsc = join(modules, 'typescript', 'bin', 'tsc');
  const args = [tsc, ...options.split(' '), '--types', '', ...files];
  return (await run(node24(), args, { seconds: SECONDS })).output;
}

test('the main exports have an example, and every block after @example is found', () => {
  const found = sources.filter(({ text }) => examplesOf(text).length > 0).map(({ file }) => file);
  for (const file of WITH_EXAMPLE) assert.ok(found.includes(file), file);
  for (const { file, text } of sources) {
    assert.equal(examplesOf(text).length, text.split('@example').length - 1, file);
  }
});

test('every example compiles', async () => {
  assert.equal(await compile(sources.flatMap(({ text }) => examplesOf(text))), '');
});

test('an example that does not compile is found', async () => {
  const [example = ''] = examplesOf(
    "/**\n * @example\n * ```ts\n * import { generateToken } from 'livekit-edge';\n *\n * generateToken();\n * ```\n */\n",
  );
  assert.equal(example, "import { generateToken } from 'livekit-edge';\n\ngenerateToken();\n");
  assert.match(await compile([example]), /TS2554/);
});
