// One program for LiveKit's SDK, run with LiveKit's SDK and with livekit-edge.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { RoomConfiguration } from '@livekit/protocol';
import * as livekitEdge from 'livekit-edge';
import * as livekitServerSdk from 'livekit-server-sdk';
import { claimsOf, KEY, now, SECRET, tokenOf } from './support.ts';

type Program = typeof import('./drop-in.ts');

const WITH_EDGE = './drop-in.ts?livekit-edge';
registerHooks({
  resolve: (specifier, context, next) => {
    const isChanged = specifier === 'livekit-server-sdk' && context.parentURL?.endsWith('?livekit-edge');
    return next(isChanged ? 'livekit-edge' : specifier, context);
  },
});
const sdk: Program = await import('./drop-in.ts');
const edge: Program = await import(WITH_EDGE);

const WEBHOOKS = [
  '{"event":"room_started","room":{"sid":"RM_1","name":"lobby","creationTime":"1735689600"},"id":"EV_1","createdAt":"1735689601"}',
  '{"event":"participant_joined","room":{"name":"lobby","numParticipants":2},"participant":{"sid":"PA_1","identity":"alice é","state":"ACTIVE","attributes":{"team":"blue"}},"id":"EV_2","createdAt":"1735689602"}',
  '{"event":"track_published","room":{"name":"lobby"},"participant":{"identity":"alice"},"track":{"sid":"TR_1","type":"VIDEO","source":"SCREEN_SHARE"},"id":"EV_3","createdAt":"1735689603"}',
  '{"event":"egress_ended","egressInfo":{"egressId":"EG_1","status":"EGRESS_COMPLETE","startedAt":"1735689602000000000"},"id":"EV_4","createdAt":"1735689604"}',
  '{"event":"moon_landed","tomorrow":{"a":[1]},"id":"EV_5","createdAt":"1735689605"}',
];

const header = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

/** The claims without the defaults that LiveKit's SDK writes into a room configuration. */
function withoutDefaults(token: string): Record<string, unknown> {
  const { roomConfig, ...claims } = claimsOf(token);
  if (roomConfig === undefined) return claims;
  return { ...claims, roomConfig: RoomConfiguration.fromJson(JSON.parse(JSON.stringify(roomConfig))).toJson() };
}

// The same second for both.
beforeEach(() => mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 }));
afterEach(() => mock.timers.reset());

test('the programs differ only in their import', () => {
  assert.equal(sdk.AccessToken, livekitServerSdk.AccessToken);
  assert.equal(edge.AccessToken, livekitEdge.AccessToken);
  assert.deepEqual([sdk.KEY, sdk.SECRET], [KEY, SECRET]);
});

test('the types are compatible', async () => {
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', import.meta.dirname]);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  assert.equal(stdout, '');
});

for (const [name, program] of Object.entries({ 'livekit-server-sdk': sdk, 'livekit-edge': edge })) {
  suite(`with ${name}`, () => {
    for (const body of WEBHOOKS) {
      test(`receives ${JSON.parse(body).event}`, async () => {
        assert.deepEqual(await program.receive(body), await sdk.receive(body));
      });
    }
    test('refuses the same tokens', () => program.refuse(tokenOf({ nbf: now() - 900, exp: now() - 300 })));
    test('has the same helpers', () => program.help());
    test('creates the same messages', () => assert.deepEqual(program.messages(), sdk.messages()));
  });
}

for (const [name, mint] of Object.entries(sdk.mint)) {
  test(`the same claims: ${name}`, async () => {
    const [theirs, ours = ''] = [await mint(), await edge.mint[name]?.()];
    assert.deepEqual(withoutDefaults(ours), withoutDefaults(theirs));
    assert.deepEqual([header(theirs), header(ours)], [{ alg: 'HS256' }, { alg: 'HS256', typ: 'JWT' }]);
  });

  test(`each verifies the other's: ${name}`, async () => {
    const [theirs, ours = ''] = [await mint(), await edge.mint[name]?.()];
    assert.deepEqual(await edge.verify(theirs), claimsOf(theirs));
    assert.deepEqual(await sdk.verify(theirs), claimsOf(theirs));
    assert.deepEqual(await edge.verify(ours), claimsOf(ours));
    assert.deepEqual(await sdk.verify(ours), claimsOf(ours));
  });
}
