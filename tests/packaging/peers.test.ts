// Peers are optional, and their ranges include all versions with which the tests of the endpoint and stores pass. Three tests differ
// with an older Hono: before 4.11.0 a path with a fragment, which no HTTP client sends, is 404 instead of the route without it, and a
// client's request id with `=` in it is replaced; before 4.12.12 white space of JavaScript around a cookie's token is ignored.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { node24 } from '../../scripts/lib/paths.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { installBeside, type Packed, packInto } from '../support/packed.ts';

const PROGRAM = `
  import { AccessToken, WebhookEvent } from 'livekit-edge';
  import { generateToken } from 'livekit-edge/tokens';
  const config = { apiKey: 'devkey', apiSecret: 'secret' };
  console.log(generateToken({ roomId: 'lobby', identity: 'alice' }, config).token.split('.').length);
  console.log(new WebhookEvent({ id: 'EV_1' }).id, new AccessToken('devkey', 'secret').toJwtSync().split('.').length);
`;

// Outside of the repository, so that its packages are not found.
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-peers-'));
let packed: Packed;
before(async () => {
  packed = await packInto(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A project with the package and a package named `hono` of some version and without code. */
async function projectWithHono(version: string): Promise<string> {
  const project = join(folder, `with-${version}`);
  const hono = join(project, 'packages', 'hono');
  mkdirSync(hono, { recursive: true });
  writeFileSync(join(hono, 'package.json'), JSON.stringify({ name: 'hono', version }));
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  await installBeside(project, packed, [hono]);
  return project;
}

for (const version of ['4.8.0', '4.9.12', '4.99.0']) {
  test(`a project with hono ${version} signs tokens, and no other peer is installed`, async () => {
    const project = await projectWithHono(version);
    writeFileSync(join(project, 'program.js'), PROGRAM);
    const { stdout } = await mustRun(node24(), ['program.js'], 'The program failed.', { cwd: project });
    assert.equal(stdout, '3\nEV_1 3\n');
    assert.ok(!existsSync(join(project, 'node_modules', 'postgres')));
  });
}

test('hono below 4.8, which has no matchedRoutes, is a conflict', async () => {
  await assert.rejects(projectWithHono('4.7.11'), /ERESOLVE/);
});
