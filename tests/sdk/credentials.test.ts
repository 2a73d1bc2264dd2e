// Credentials in a room configuration: the holder of the token can read them, so they are refused unless allowed.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { RoomConfiguration } from '@livekit/protocol';
import { AccessToken, type AccessTokenOptions } from 'livekit-edge';
import { claimsOf, KEY, refusedClaim, SECRET, untyped } from './support.ts';

type Json = Record<string, unknown>;

function withEgress(egress: Json, options: AccessTokenOptions = {}): AccessToken {
  const at = new AccessToken(KEY, SECRET, options);
  at.roomConfig = { egress };
  return at;
}

/** The field of each storage that contains a credential. */
const CREDENTIALS: [path: string, storage: Json][] = [
  ['s3.secret', { s3: { accessKey: 'key', secret: 'x', bucket: 'b' } }],
  ['s3.sessionToken', { s3: { sessionToken: 'x' } }],
  ['s3.proxy.password', { s3: { proxy: { url: 'https://proxy.example', username: 'u', password: 'x' } } }],
  ['gcp.credentials', { gcp: { credentials: 'x', bucket: 'b' } }],
  ['gcp.proxy.password', { gcp: { proxy: { password: 'x' } } }],
  ['azure.accountKey', { azure: { accountName: 'a', accountKey: 'x' } }],
  ['aliOSS.secret', { aliOSS: { accessKey: 'key', secret: 'x' } }],
];

/** The places of a storage. */
const PLACES: [path: string, egress: (storage: Json) => Json][] = [
  ['room.file', (storage) => ({ room: { file: storage } })],
  ['room.segments', (storage) => ({ room: { segments: storage } })],
  ['room.fileOutputs', (storage) => ({ room: { fileOutputs: [{}, storage] } })],
  ['room.segmentOutputs', (storage) => ({ room: { segmentOutputs: [storage] } })],
  ['room.imageOutputs', (storage) => ({ room: { imageOutputs: [{}, {}, storage] } })],
  ['participant.fileOutputs', (storage) => ({ participant: { fileOutputs: [storage] } })],
  ['participant.segmentOutputs', (storage) => ({ participant: { segmentOutputs: [storage] } })],
  ['tracks', (storage) => ({ tracks: storage })],
];

for (const [place, at] of PLACES) {
  for (const [path, storage] of CREDENTIALS) {
    test(`${place}.${path}`, () => {
      const egress = at(storage);
      const message = `roomConfig.egress.${place}.${path} contains a credential, which must not be in a token`;
      const snake = RoomConfiguration.fromJson({ egress: untyped(egress) }).toJson({ useProtoFieldName: true });
      for (const roomConfig of [egress, (snake as { egress: Json }).egress]) {
        assert.throws(() => withEgress(roomConfig).toJwtSync(), refusedClaim(message));
        const allowed = withEgress(roomConfig, { allowSensitiveCredentials: true });
        assert.deepEqual(claimsOf(allowed.toJwtSync()).roomConfig, { egress });
      }
    });
  }
}

suite('URLs of streams', () => {
  for (const [place, egress] of [
    ['stream', { room: { stream: { protocol: 'RTMP', urls: ['rtmp://live.example/app/key'] } } }],
    ['stream', { room: { stream: {} } }],
    ['streamOutputs', { room: { streamOutputs: [{ urls: ['rtmp://live.example/app/key'] }] } }],
    ['streamOutputs', { room: { stream_outputs: [{}] } }],
  ] as const) {
    test(`${place}: ${JSON.stringify(egress)}`, () => {
      const message = `roomConfig.egress.room.${place} contains a credential, which must not be in a token`;
      assert.throws(() => withEgress(egress).toJwtSync(), refusedClaim(message));
      assert.ok(withEgress(egress, { allowSensitiveCredentials: true }).toJwtSync());
    });
  }

  test('a configuration without credentials is accepted', () => {
    const { roomConfig } = claimsOf(withEgress({ room: { streamOutputs: [] } }).toJwtSync());
    assert.deepEqual(roomConfig, { egress: { room: {} } });
  });
});

suite('a message of LiveKit', () => {
  const roomConfig = RoomConfiguration.fromJson({ egress: { tracks: { s3: { secret: 'x' } } } });
  const message = 'roomConfig.egress.tracks.s3.secret contains a credential, which must not be in a token';

  test('is checked too', async () => {
    const at = new AccessToken(KEY, SECRET);
    at.roomConfig = roomConfig;
    assert.throws(() => at.toJwtSync(), refusedClaim(message));
    await assert.rejects(at.toJwt(), refusedClaim(message));
  });

  test('is accepted if its fields have no credential', () => {
    const at = new AccessToken(KEY, SECRET);
    at.roomConfig = RoomConfiguration.fromJson({ egress: { tracks: { s3: { accessKey: 'key', secret: '' } } } });
    assert.deepEqual(claimsOf(at.toJwtSync()).roomConfig, { egress: { tracks: { s3: { accessKey: 'key' } } } });
  });
});

test('only allowSensitiveCredentials: true allows them', () => {
  for (const allow of [undefined, null, false, 1, 'true', {}]) {
    const at = withEgress({ tracks: { s3: { secret: 'x' } } }, { allowSensitiveCredentials: untyped(allow) });
    assert.throws(() => at.toJwtSync(), { code: 'invalid_claim' });
  }
});

test('a field that only names a credential is accepted', () => {
  const egress = {
    room: {
      fileOutputs: [{ s3: { accessKey: 'key', assumeRoleArn: 'arn', assumeRoleExternalId: 'id' } }],
      webhooks: [{ url: 'https://app.example/hook', signingKey: 'devkey' }],
    },
    tracks: { azure: { accountName: 'a', containerName: 'c' } },
  };
  assert.deepEqual(claimsOf(withEgress(egress).toJwtSync()).roomConfig, { egress });
});
