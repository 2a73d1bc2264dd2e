// TokenVerifier and WebhookReceiver with several keys: the issuer selects the key.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AccessToken, type ApiCredentials, LivekitService, TokenVerifier, WebhookReceiver } from 'livekit-edge';
import { digestOf, HEADER, now, refusedToken, sign, untyped } from '../sdk/support.ts';

const NEW = { apiKey: 'key-new', apiSecret: 'a new secret of thirty-two bytes or more' };
const OLD = { apiKey: 'key-old', apiSecret: 'an old secret of thirty-two bytes or more' };
const BOTH = [NEW, OLD];
const BODY = '{"event":"room_started","id":"EV_1"}';

const tokenOf = ({ apiKey, apiSecret }: ApiCredentials) =>
  new AccessToken(apiKey, apiSecret, { identity: 'alice' }).toJwtSync();

function webhookOf({ apiKey, apiSecret }: ApiCredentials) {
  const token = new AccessToken(apiKey, apiSecret, { ttl: 60 });
  token.sha256 = digestOf(BODY);
  return token.toJwtSync();
}

suite('several keys', () => {
  const verifier = new TokenVerifier(BOTH);
  const receiver = new WebhookReceiver(BOTH);

  test('a token and a webhook of each key is valid', async () => {
    for (const credentials of BOTH) {
      assert.equal((await verifier.verify(tokenOf(credentials))).iss, credentials.apiKey);
      assert.equal((await receiver.receive(BODY, webhookOf(credentials))).id, 'EV_1');
    }
    assert.equal(new TokenVerifier([OLD]).verifySync(tokenOf(OLD)).iss, OLD.apiKey);
  });

  test('an unknown issuer, and one with the secret of another key, are refused', () => {
    for (const [credentials, reason] of [
      [{ apiKey: 'key-other', apiSecret: NEW.apiSecret }, 'issuer'],
      [{ apiKey: NEW.apiKey, apiSecret: OLD.apiSecret }, 'signature'],
      [{ apiKey: OLD.apiKey, apiSecret: NEW.apiSecret }, 'signature'],
      [{ apiKey: OLD.apiKey, apiSecret: 'guessed' }, 'signature'],
    ] as const) {
      assert.throws(() => verifier.verifySync(tokenOf(credentials)), refusedToken(reason));
      assert.throws(() => receiver.receiveSync(BODY, webhookOf(credentials)), refusedToken(reason));
    }
    for (const garbage of ['', 'a.b.c', '..', `${'x'.repeat(1_000_000)}.y.z`, untyped(null)]) {
      assert.throws(() => verifier.verifySync(garbage), { status: 401, code: 'invalid_token' });
    }
    assert.equal(verifier.verifySync(tokenOf(OLD)).sub, 'alice');
  });

  test('options are the second argument', () => {
    const claims = { iss: OLD.apiKey, exp: now() + 60, iat: now() + 600 };
    const future = sign(JSON.stringify(claims), HEADER, OLD.apiSecret);
    for (const options of [undefined, null, {}, { refuseFutureIat: false }]) {
      assert.equal(new TokenVerifier(BOTH, options).verifySync(future).iss, OLD.apiKey);
    }
    const strict = new TokenVerifier(BOTH, { refuseFutureIat: true });
    assert.throws(() => strict.verifySync(future), refusedToken('not_yet_valid'));
  });

  test('the list is copied', () => {
    const list = [{ ...NEW }, { ...OLD }];
    const verifier = new TokenVerifier(list);
    list.length = 0;
    assert.equal(verifier.verifySync(tokenOf(OLD)).iss, OLD.apiKey);
  });

  for (const Type of [TokenVerifier, WebhookReceiver]) {
    test(`${Type.name}: an invalid list is an error at once, which does not quote it`, () => {
      const canary = 'canary-of-the-test';
      const get = (name: string) => ({ ...NEW, [name]: undefined });
      const endless = new Proxy([NEW], {
        get: (target, name) => (name === 'length' ? Number.POSITIVE_INFINITY : Reflect.get(target, name)),
      });
      for (const list of [
        [],
        [undefined],
        [null],
        [canary],
        [{}],
        [NEW, {}],
        [NEW, get('apiKey')],
        [NEW, get('apiSecret')],
        [NEW, { apiKey: canary, apiSecret: ' ' }],
        [NEW, { apiKey: ' ', apiSecret: canary }],
        [NEW, { apiKey: 7, apiSecret: canary }],
        [NEW, OLD, { apiKey: NEW.apiKey, apiSecret: canary }],
        { length: 1, 0: NEW },
        {},
        new Map([[NEW.apiKey, NEW.apiSecret]]),
        new Array(5),
        new Array(2_000).fill(NEW),
        endless,
      ]) {
        assert.throws(
          () => new Type(untyped(list)),
          ({ status, code, message }: { status: number; code: string; message: string }) =>
            status === 500 && code === 'not_configured' && !message.includes(canary),
        );
      }
      const throwing = {
        get apiKey() {
          throw new Error(canary);
        },
        apiSecret: canary,
      };
      assert.throws(() => new Type(untyped([throwing])), { status: 400, message: 'An argument could not be read' });
      assert.ok(new Type(BOTH));
    });
  }
});

suite('LivekitService of several servers', () => {
  /** By rendezvous hashing with the names `eu` and `us`. */
  const ROOMS = { eu: 'channel-meeting-456', us: 'channel-abc123' };
  const servers = Object.keys(ROOMS).map((name) => ({
    name,
    url: `wss://${name}.example`,
    keys: [{ ...NEW, apiKey: `key-${name}` }],
  }));

  test('a token is signed by the server of its room, whose URL is returned', () => {
    for (const list of [servers, JSON.stringify(servers)]) {
      const service = LivekitService.fromEnv({ LIVEKIT_SERVERS: list });
      assert.ok(service.validateConfiguration());
      assert.deepEqual(service.missingConfiguration(), []);
      assert.deepEqual(service.getConnectionInfo(), {});
      // In turn: the claims that tokens of a second share are shared by one server only.
      for (const [name, room] of [...Object.entries(ROOMS), ...Object.entries(ROOMS)]) {
        const { token, url } = service.generateToken({ roomId: room, identity: 'alice' });
        assert.equal(url, `wss://${name}.example`);
        assert.equal(new TokenVerifier(`key-${name}`, NEW.apiSecret).verifySync(token).video?.room, room);
        assert.deepEqual(service.getConnectionInfo(room), { url });
      }
    }
  });

  test('with invalid keys and servers no token is issued', () => {
    for (const env of [
      { LIVEKIT_SERVERS: [] },
      { LIVEKIT_SERVERS: [servers[0], servers[0]] },
      { LIVEKIT_SERVERS: servers, LIVEKIT_API_KEY: 'key' },
      { LIVEKIT_KEYS: 'key' },
      { LIVEKIT_KEYS: 'key: a\nkey: b' },
      { LIVEKIT_SERVERS: new Proxy([], { get: () => assert.fail('read') }) },
    ]) {
      assert.throws(
        () => LivekitService.fromEnv(env).generateToken({ roomId: 'lobby', identity: 'alice' }),
        ({ status, code }: { status: number; code: string }) => status === 500 && code === 'not_configured',
      );
    }
    const service = LivekitService.fromEnv({ LIVEKIT_KEYS: 'key-new: a-secret\nold: b' });
    const { token } = service.generateToken({ roomId: 'lobby', identity: 'alice' });
    assert.equal(new TokenVerifier('key-new', 'a-secret').verifySync(token).sub, 'alice');
  });
});
