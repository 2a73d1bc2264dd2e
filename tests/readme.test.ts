// The examples of README.md and docs/ run unchanged.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../scripts/demo-data.mjs';
import { COMPATIBILITY_DATE, startWorker } from '../scripts/worker.mjs';
import { RECIPES as FRAMEWORKS } from './examples/frameworks.ts';
import { makeKey, startProvider } from './support/jwks-provider.ts';
import { claimsOf, type LivekitClaims } from './support/livekit-token.ts';
import { userToken } from './support/user-token.ts';

const root = join(import.meta.dirname, '..');
const documents = [
  'README.md',
  'docs/tokens.md',
  'docs/endpoint.md',
  'docs/moderation.md',
  'docs/presence.md',
  'docs/recipes.md',
  'docs/deploy.md',
  'docs/cli.md',
]
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

// Inside the project, so that `livekit-edge` resolves as it does for a user.
const data = join(root, '.data');
mkdirSync(data, { recursive: true });
const folder = mkdtempSync(join(data, 'readme-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes the TypeScript block that follows `<!-- test: name -->` to a file. */
function example(name: string): string {
  const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`ts\n([^]*?)\`\`\``).exec(documents)?.[1];
  assert.ok(block, `No example "${name}" is documented`);
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, block);
  return file;
}

test('README has fewer than 150 lines, and the figures of the benchmark', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.ok(readme.trimEnd().split('\n').length < 150);
  const results = readFileSync(join(root, 'bench', 'results', 'results.md'), 'utf8');
  /** The number in a column of the first row with this name below a heading of the results. */
  const measured = (heading: string, row: string, column: number, digits: number) => {
    const section = results.slice(results.indexOf(`\n## ${heading}`));
    const cells = section
      .split('\n')
      .find((line) => line.startsWith(`| ${row} |`))
      ?.split('|');
    return Number.parseFloat(cells?.[column] ?? '').toFixed(digits);
  };
  const mint = (row: string) => measured('Mint', row, 2, 1);
  const times = `\`AccessToken\` ${mint('AccessToken.toJwtSync')} µs, \`LivekitService\` ${mint('LivekitService.generateToken')} µs | ${mint('livekit-server-sdk')} µs`;
  assert.ok(readme.includes(`| ${times} |`), times);
  const [ours, theirs] = ['livekit-edge', 'livekit-server-sdk'].map((name) =>
    measured('Size', `${name}, AccessToken alone, Workers`, 3, 0),
  );
  assert.ok(readme.includes(`| ${ours} KB | ${theirs} KB |`), `${ours} KB | ${theirs} KB`);
});

/** The recipes: applications with their own users and rooms. */
const RECIPES = ['session', 'rooms', 'guests', 'townhall', 'agents'];

test('docs/frameworks.md shows files of the examples unchanged, including each file that mounts the endpoint', () => {
  const text = readFileSync(join(root, 'docs', 'frameworks.md'), 'utf8');
  const shown = [...text.matchAll(/<!-- file: (.+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, file = '', code]) => {
    assert.equal(code, readFileSync(join(root, file), 'utf8'), file);
    return file;
  });
  assert.equal(shown.length * 2, text.match(/^```/gm)?.length);
  for (const [name, { mounts }] of Object.entries(FRAMEWORKS))
    assert.ok(shown.includes(`examples/${name}/${mounts}`), name);
});

test('the examples are strict TypeScript, with only the types of the package', async () => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = '--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2024 --lib es2024,dom';
  const files = ['plain', 'drop-in', 'worker', 'grants', 'servers', 'hyperdrive', 'reconcile', ...RECIPES].map(example);
  await promisify(execFile)(process.execPath, [tsc, ...options.split(' '), '--types', '', ...files]);
});

test('the plain example prints a token that LiveKit accepts', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example('plain')]);
  const [token = '', expiresAt = ''] = stdout.split(/\s+/);
  const claims = await new TokenVerifier('devkey', 'secret').verify(token);
  assert.equal(claims.video?.room, 'channel-abc123');
  assert.equal(new Date(expiresAt).getTime() / 1000, claims.exp);
});

/** Runs the shell commands that follow `<!-- test: name -->`, with `npx livekit-edge` as the built program. */
async function shellExample(name: string): Promise<string[]> {
  const block = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([^]*?)\`\`\``).exec(documents)?.[1];
  assert.ok(block, `No example "${name}" is documented`);
  const npx = join(folder, 'npx');
  writeFileSync(
    npx,
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'pkg', 'dist', 'cli', 'main.js')}" "$@"\n`,
  );
  chmodSync(npx, 0o755);
  const env = { PATH: `${folder}:${process.env['PATH']}` };
  return (await promisify(execFile)('sh', ['-ec', block], { env })).stdout.trimEnd().split('\n');
}

test('the examples of the command line print tokens that LiveKit accepts, and explain them', async () => {
  const verifier = new TokenVerifier('devkey', 'secret');
  const [token = '', first, ...lines] = await shellExample('cli');
  assert.equal((await verifier.verify(token)).video?.room, 'lobby');
  assert.match(first ?? '', /^The signature is not verified/);
  assert.ok(lines.some((line) => /^ {2}sub +alice +The participant's identity/.test(line)));
  assert.equal((await shellExample('cli-inspect'))[0], 'The signature is valid.');
  const issued = await shellExample('cli-token');
  const json = JSON.parse(issued.slice(1, -1).join(''));
  const claims = await Promise.all([issued[0], json.token, issued.at(-1)].map((each) => verifier.verify(each)));
  assert.deepEqual(
    claims.map(({ name, video, roomConfig }) => [
      name,
      video?.canPublish,
      video?.canPublishSources,
      roomConfig?.agents?.length,
    ]),
    [
      ['Alice', undefined, undefined, undefined],
      [undefined, false, undefined, undefined],
      [undefined, undefined, ['microphone'], 1],
    ],
  );
});

test("the package's own README has the same example", () => {
  const own = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'pkg', 'README.md'), 'utf8'))?.[1] ?? '';
  assert.ok(own.includes('generateToken(') && readFileSync(example('plain'), 'utf8').startsWith(own));
});

test('the drop-in example prints the signed claims', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [example('drop-in')]);
  assert.equal(stdout, 'user-456 channel-abc123\n');
});

test('the settings example lists errors, and prints nothing for valid settings', async () => {
  const good = { ...demoSettings, LIVEKIT_API_SECRET: 'a-secret-of-more-than-thirty-two-bytes' };
  const listed = async (env: Record<string, string>) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
    return (await promisify(execFile)(process.execPath, [example('settings')], options)).stdout;
  };
  assert.equal(await listed(good), '');
  assert.match(
    await listed({ ...good, LIVEKIT_URL: 'lk.example.com', DATABASE_URL: 'postgres://u:hunter2@h/d?x=1' }),
    /^warning LIVEKIT_URL invalid LIVEKIT_URL is not [^\n]+\nerror DATABASE_URL unknown_parameter [^\n]+\n$/,
  );
});

/** Requests a token for user-456 from a Worker, and returns the claim `video` as LiveKit's SDK reads it. */
async function videoGrant(url: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${userToken('user-456')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ roomId: 'channel-abc123' }),
  });
  assert.equal(response.status, 201);
  const { token } = await response.json();
  return (await new TokenVerifier('devkey', 'secret').verify(token)).video;
}

test("the example of an application's own grants issues these grants", async () => {
  const worker = await startWorker({ entry: example('grants') });
  try {
    const expected = { room: 'channel-abc123', roomJoin: true, canPublish: true, canSubscribe: true };
    assert.deepEqual(await videoGrant(`${worker.url}/token`), expected);
  } finally {
    await worker.stop();
  }
});

test('the example that removes a participant calls the LiveKit server in the environment', async () => {
  const asked: string[] = [];
  const livekit = createServer(({ url }, response) => {
    asked.push(`${url}`);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(livekit, 'listening');
  const { port } = livekit.address() as { port: number };
  const settings = { LIVEKIT_URL: `ws://127.0.0.1:${port}`, LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret' };
  await promisify(execFile)(process.execPath, [example('remove')], { env: { ...process.env, ...settings } });
  livekit.close();
  assert.deepEqual(asked, ['/twirp/livekit.RoomService/RemoveParticipant']);
});

test('the Worker example gives a member a token on the Workers runtime', async () => {
  const worker = await startWorker({ entry: example('worker') });
  try {
    assert.equal((await videoGrant(`${worker.url}/api/livekit/token`))?.room, 'channel-abc123');
  } finally {
    await worker.stop();
  }
});

test('wrangler bundles the Worker example as for a deployment', async () => {
  const main = example('worker');
  const config = join(folder, 'wrangler.json');
  const database = { binding: 'DB', database_name: 'livekit-edge', database_id: 'local' };
  const settings = { name: 'readme', main, compatibility_date: COMPATIBILITY_DATE, d1_databases: [database] };
  writeFileSync(config, JSON.stringify(settings));
  const out = join(folder, 'out');
  const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' };
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', out], {
    env,
  });
  const files = readdirSync(out);
  assert.ok(files.includes('worker.js'), `${files}`);
  assert.equal(files.filter((file) => file.endsWith('livekit_edge.wasm')).length, 1, `${files}`);
});

/** Sends a request to a recipe on the Workers runtime; returns the claims of its token, or its status. */
async function withRecipe(name: string, work: (ask: Ask) => Promise<void>, vars = {}) {
  const worker = await startWorker({ entry: example(name), bindings: { ...demoSettings, ...vars } });
  try {
    await work(async (room, headers = {}, fields = {}) => {
      const response = await fetch(`${worker.url}/token-source`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify({ room_name: room, ...fields }),
      });
      if (response.status !== 201) return response.status;
      const { participant_token } = await response.json();
      return claimsOf(participant_token);
    });
  } finally {
    await worker.stop();
  }
}
type Ask = (room: string, headers?: Record<string, string>, fields?: object) => Promise<number | LivekitClaims>;

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** The claims that depend on the recipe. */
const decided = (answer: number | LivekitClaims) =>
  typeof answer === 'number' ? answer : { sub: answer.sub, video: answer.video };

test('the session recipe authorizes by its own session and table', () =>
  withRecipe('session', async (ask) => {
    const cookie = { Cookie: 'theme=dark; session=s3cr3t' };
    assert.deepEqual(decided(await ask('team-blue', cookie)), {
      sub: 'alice',
      video: { room: 'team-blue', roomJoin: true, canPublish: true, canSubscribe: true },
    });
    assert.equal(await ask('team-red', cookie), 403);
    assert.equal(await ask('team-blue'), 401);
    assert.equal(await ask('team-blue', { Cookie: 'session=guessed' }), 401);
  }));

test("the session recipe runs on Node with two words replaced, and answers README's curl command", async () => {
  const text = readFileSync(example('session'), 'utf8')
    .replace("import { livekit } from 'livekit-edge/server'", "import { serve } from 'livekit-edge/node'")
    .replace('export default livekit({', 'const { url, stop } = await serve({');
  const curl = /-H 'Cookie: session=s3cr3t' .*\n.* -d '(.*)'/.exec(documents)?.[1];
  const ask = `const answer = await fetch(url + '/api/livekit/token', { method: 'POST', body: '${curl}',
    headers: { Cookie: 'session=s3cr3t', 'Content-Type': 'application/json' } });
    console.error(JSON.stringify(await answer.json()));
    await stop();`;
  const file = join(folder, 'session-on-node.ts');
  writeFileSync(file, `${text}\n${ask}`);
  const env = { ...process.env, ...demoSettings, HOST: '127.0.0.1', PORT: '0' };
  const { stderr } = await promisify(execFile)(process.execPath, [file], { env, cwd: folder });
  const answer = stderr.split('\n').find((line) => line.startsWith('{"token"')) ?? '{}';
  const { token, roomId } = JSON.parse(answer);
  assert.deepEqual([roomId, claimsOf(token).sub], ['team-blue', 'alice']);
  // It has its own authorize, so it needs no database.
  assert.ok(!readdirSync(folder).some((name) => name.includes('sqlite')));
});

test('the recipe for rooms without a table accepts the tokens of Supabase, Clerk and Auth0', async () => {
  const provider = await startProvider();
  const key = makeKey('ES256', 'k1');
  const rsa = makeKey('RS256', 'k2');
  provider.list(key.jwk(), rsa.jwk());
  const exp = Math.floor(Date.now() / 1000) + 600;
  try {
    for (const [issuer, audience, signer, claims] of [
      [
        'https://p.supabase.co/auth/v1',
        'authenticated',
        key,
        { aud: 'authenticated', role: 'authenticated', sub: 'a1' },
      ],
      ['https://clerk.example.com', undefined, rsa, { azp: 'https://app.example.com', sid: 'sess_1', sub: 'user_1' }],
      [
        'https://t.auth0.com/',
        'https://api.example.com',
        rsa,
        { aud: ['https://api.example.com', 'https://t.auth0.com/userinfo'], sub: 'auth0|1' },
      ],
    ] as const) {
      const vars = {
        JWT_SECRET: '',
        JWT_JWKS_URL: provider.url,
        JWT_ISSUER: issuer,
        JWT_AUDIENCE: audience ?? '',
      };
      await withRecipe(
        'rooms',
        async (ask) => {
          const token = signer.token({ iss: issuer, exp, ...claims });
          assert.deepEqual(decided(await ask('lounge-1', bearer(token))), {
            sub: claims.sub,
            video: { room: 'lounge-1', roomJoin: true, canPublish: true, canSubscribe: true },
          });
          assert.equal(await ask('vault', bearer(token)), 403);
          const foreign = signer.token({ ...claims, iss: 'https://other.example', exp });
          assert.equal(await ask('lounge-1', bearer(foreign)), 401);
        },
        vars,
      );
    }
  } finally {
    await provider.stop();
  }
});

test('the guest recipe lets guests listen, each with another identity', () =>
  withRecipe('guests', async (ask) => {
    const guests = [await ask('stage'), await ask('stage')].map((answer) => {
      assert.ok(typeof answer !== 'number', `${answer}`);
      const { canPublish, canPublishData, canSubscribe } = answer.video;
      assert.deepEqual([canPublish, canPublishData, canSubscribe], [false, false, true]);
      return answer.sub;
    });
    assert.ok(
      guests.every((identity) => /^guest-[\da-f-]{36}$/.test(identity)) && guests[0] !== guests[1],
      `${guests}`,
    );
    const user = await ask('stage', bearer(userToken('user-456')));
    assert.deepEqual(typeof user === 'number' || [user.sub, user.video.canPublish], ['user-456', true]);
    assert.equal(await ask('stage', bearer('x.y.z')), 401);
  }));

test('the town hall recipe adds a room, and the default policy decides about all other rooms', () =>
  withRecipe('townhall', async (ask) => {
    const alice = bearer(userToken('user-456'));
    assert.deepEqual(decided(await ask('townhall', alice)), {
      sub: 'user-456',
      video: { room: 'townhall', roomJoin: true, canPublish: false, canSubscribe: true },
    });
    assert.deepEqual(decided(await ask('channel-abc123', alice)), {
      sub: 'user-456',
      video: { room: 'channel-abc123', roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true },
    });
    assert.equal(await ask('channel-private-1', alice), 403);
    assert.equal(await ask('channel-abc123', bearer(userToken('user-banned'))), 401);
    assert.equal(await ask('channel-abc123', alice, { participant_identity: 'user-789' }), 403);
    assert.equal(await ask('channel-abc123', alice, { participant_metadata: 'x' }), 400);
    assert.equal(await ask(''), 401);
  }));

test('the agent recipe dispatches only its agent', () =>
  withRecipe('agents', async (ask) => {
    const agents = [{ agent_name: 'assistant', metadata: 'm' }, { agent_name: 'other' }];
    const claims = await ask('lounge-1', bearer(userToken('user-456')), { room_config: { agents } });
    assert.deepEqual(typeof claims === 'number' || claims.roomConfig, {
      agents: [{ agentName: 'assistant', metadata: 'm' }],
    });
    const none = await ask('lounge-1', bearer(userToken('user-456')));
    assert.ok(typeof none !== 'number' && !('roomConfig' in none), JSON.stringify(none));
  }));
