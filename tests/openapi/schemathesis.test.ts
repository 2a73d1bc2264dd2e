/** The endpoint's responses match its OpenAPI document for all requests that schemathesis generates. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '@hono/node-server';
import { livekit } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { type FakeLivekit, json, MICROPHONE, startFakeLivekit } from '../server-parts/fake-livekit.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint.ts';
import { userToken } from '../support/user-token.ts';
import { narrowed } from './support/narrowed.ts';
import { checkAgainst, schemathesis } from './support/schemathesis.ts';

const ready = await schemathesis();
const skip = 'missing' in ready ? ready.missing : false;
const program = 'program' in ready ? ready.program : '';

const OPERATOR_KEY = 'an-operator-key-of-more-than-32-bytes';

let fake: FakeLivekit | undefined;
let endpoint: Endpoint;
const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-openapi-'));
before(async () => {
  if (skip !== false) return;
  fake = await startFakeLivekit();
  fake.participants.set('user-789', { identity: 'user-789', tracks: [MICROPHONE] });
  endpoint = await startEndpoint({
    bindings: {
      ...demoSettings,
      LIVEKIT_URL: fake.url,
      LIVEKIT_CAN_UPDATE_OWN_METADATA: 'true',
      OPERATOR_KEY,
      RECORDING_FILEPATH: '{room_name}/{time}',
    },
  });
});
after(async () => {
  rmSync(folder, { recursive: true });
  if (fake !== undefined) await Promise.all([endpoint.stop(), fake.stop()]);
});

// biome-ignore lint/suspicious/noExplicitAny: JSON
const published = async (): Promise<any> => JSON.parse((await endpoint.get('/openapi.json', { as: null })).text);

async function check(document: unknown, as: string, options = {}, bearer = userToken(as)) {
  // Removes locks and kicks of an earlier run.
  for (const table of ['VoiceLock', 'VoiceKick']) await endpoint.database.delete(table);
  const file = join(folder, `${as}.json`);
  writeFileSync(file, JSON.stringify(document));
  const headers = { Authorization: `Bearer ${bearer}` };
  return checkAgainst(program, { document: file, url: `${endpoint.url}/api/livekit`, headers, ...options });
}

for (const as of ['user-456', 'user-mod']) {
  test(`responses match the document for ${as}`, { skip }, async () => {
    const { passed, report } = await check(narrowed(await published()), as);
    assert.ok(passed, report);
    assert.match(report, /Tested: 19\n/);
  });
}

test('responses match the document for the operator', { skip }, async () => {
  fake?.behaviours.set('ListParticipants', (response) => json(response, 200, {}));
  const document = narrowed(await published());
  document.paths = { '/sync': document.paths['/sync'] };
  const { passed, report } = await check(document, 'operator', {}, OPERATOR_KEY);
  assert.ok(passed, report);
  assert.match(report, /Tested: 1\n/);
});

test('responses match the document with functions of the application', { skip }, async () => {
  const app = livekit({
    settings: () => demoSettings,
    authenticate: () => ({ userId: 'alice' }),
    authorize: ({ userId }, { room, identity, name, metadata, attributes, roomConfig }) => ({
      ...{ room, identity: identity ?? userId, grants: { canPublish: false }, name, metadata, attributes },
      ...(roomConfig === undefined ? {} : { roomConfig }),
    }),
  });
  // The adapter passes bodies as the endpoint on Node does.
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder, 'hooks.json');
    writeFileSync(file, JSON.stringify(narrowed(await (await app.request('/openapi.json')).json())));
    const { passed, report } = await checkAgainst(program, { document: file, url });
    assert.ok(passed, report);
    assert.match(report, /Tested: 7\n/);
  } finally {
    server.close();
    await once(server, 'close');
  }
});

test('schemathesis finds an error in a wrong document', { skip }, async () => {
  // The moderator of the test before may have locked the channel.
  for (const table of ['VoiceKick', 'VoiceLock']) await endpoint.database.delete(table);
  const promises: [RegExp, (document: Awaited<ReturnType<typeof published>>) => void][] = [
    [/Undocumented status code\s+Received: 403/, ({ paths }) => delete paths['/token'].post.responses[403]],
    [/violates schema/, ({ components }) => components.schemas.TokenResponse.required.push('secret')],
    [
      /Schema-violating request accepted/,
      ({ components }) => (components.schemas.CreateToken.properties.ttl.minimum = 60),
    ],
  ];
  const document = narrowed(await published());
  document.paths = { '/token': document.paths['/token'] };
  for (const [, breakIt] of promises) breakIt(document);
  const { passed, report } = await check(document, 'user-456', { maxExamples: 10, more: ['--no-shrink'] });
  assert.equal(passed, false);
  for (const [finding] of promises) assert.match(report, finding);
});
