// Code that the playground offers to copy: a user token in it stays a string.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../scripts/lib/run.mjs';
import { SNIPPETS, type SnippetName } from '../../www/src/ask/snippets.ts';

const TOKENS = ["a.b.x'+alert(1)+'", 'a.b.x"+alert(1)+"', 'a.b.x`+alert(1)+`', 'a.b.x\\', "a.b.'; exit 1; '"];

const write = (name: SnippetName, userToken: string) =>
  SNIPPETS[name].write(
    { userToken, room: { kind: 'channel', id: 'r', name: 'R' }, name: 'Alice' },
    'http://127.0.0.1:1',
  );

/** Runs a program on Node whose output is the `Authorization` header that the code sends. */
async function sent(prelude: string, code: string): Promise<string> {
  const program = `const alert = () => { throw new Error('part of the token ran'); };\n${prelude}\n${code}`;
  return (await run(process.execPath, ['--input-type=module', '-e', program])).stdout;
}

for (const token of TOKENS) {
  test(`the user token ${token} stays a string in code to copy`, async () => {
    const print = 'process.stdout.write(headers.Authorization)';
    const fetchPrelude = `const fetch = async (_, { headers }) => { ${print}; return Response.json({}); };`;
    assert.equal(await sent(fetchPrelude, write('fetch', token)), `Bearer ${token}`);
    const clientPrelude = `
      const TokenSource = { endpoint: (_, { headers }) => ({ fetch: async () => { ${print}; return {}; } }) };
      class Room { async connect() {} }`;
    const [importLine, ...rest] = write('tokenSource', token).split('\n');
    assert.match(importLine ?? '', /^import \{ Room, TokenSource \} from/);
    assert.equal(await sent(clientPrelude, rest.join('\n')), `Bearer ${token}`);
    const curl = `curl() { printf '%s' "$6"; }\n${write('curl', token)}`;
    assert.equal((await run('sh', ['-c', curl])).stdout, `Authorization: Bearer ${token}`);
  });
}
