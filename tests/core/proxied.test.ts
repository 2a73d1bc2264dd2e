/** The classes behind a Proxy, as created by state libraries. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { RoomConfiguration } from '@livekit/protocol';
import { AccessToken, LivekitService, TokenVerifier, type VideoGrant, WebhookReceiver } from 'livekit-edge';
import { claimsOf, digestOf, KEY, SECRET, sign } from '../sdk/support.ts';

/** A Proxy that changes nothing. */
const transparent = <T extends object>(target: T): T => new Proxy(target, {});

const proxies = new WeakMap<object, object>();

/** A Proxy like Vue's `reactive`: objects that are read through it are wrapped, and the receiver is the Proxy. */
function reactive<T extends object>(target: T): T {
  if (!Object.isExtensible(target)) return target;
  const known = proxies.get(target);
  if (known !== undefined) return known as T;
  const proxy = new Proxy(target, {
    get(of, name, receiver) {
      const value = Reflect.get(of, name, receiver);
      return typeof value === 'object' && value !== null ? reactive(value) : value;
    },
    set: (of, name, value, receiver) => Reflect.set(of, name, value, receiver),
    has: (of, name) => Reflect.has(of, name),
    ownKeys: (of) => Reflect.ownKeys(of),
  });
  proxies.set(target, proxy);
  return proxy;
}

/** A Proxy whose methods run with the target as `this`, as in MobX. */
const bound = <T extends object>(target: T): T =>
  new Proxy(target, {
    get(of, name) {
      const value = Reflect.get(of, name);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });

const JOIN: VideoGrant = { roomJoin: true, room: 'lobby' };

for (const [what, proxied] of Object.entries({ transparent, reactive, bound })) {
  suite(`behind a ${what} Proxy`, () => {
    test('AccessToken signs values that were set through the Proxy and beside it', async () => {
      const target = new AccessToken(KEY, SECRET, { identity: 'alice', attributes: { a: 'b' } });
      const token = proxied(target);
      token.addGrant(proxied({ ...JOIN, canPublish: false, canPublishSources: ['camera'] }));
      target.addGrant({ canSubscribe: false });
      token.addSIPGrant({ call: true });
      token.ttl = 60;
      token.name = 'Alice';
      token.metadata = 'm';
      (token.attributes as Record<string, string>)['c'] = 'd';
      token.roomConfig = proxied({ tags: { a: 'b' }, agents: [{ agentName: 'x', attributes: { e: 'f' } }] });
      const text = token.toJwtSync();
      assert.equal(text, target.toJwtSync());
      assert.equal(await token.toJwt(), text);
      const { iss, nbf = 0, exp = 0, ...claims } = claimsOf(text);
      assert.deepEqual([iss, exp - nbf], [KEY, 60]);
      assert.deepEqual(claims, {
        video: { ...JOIN, canPublish: false, canPublishSources: ['camera'], canSubscribe: false },
        sub: 'alice',
        name: 'Alice',
        sip: { call: true },
        metadata: 'm',
        attributes: { a: 'b', c: 'd' },
        roomConfig: { tags: { a: 'b' }, agents: [{ agentName: 'x', attributes: { e: 'f' } }] },
      });
    });

    test('AccessToken accepts messages', () => {
      const token = proxied(new AccessToken(KEY, SECRET, { identity: 'alice' }));
      token.roomConfig = proxied(new RoomConfiguration({ name: 'lobby', emptyTimeout: 60 }));
      assert.deepEqual(claimsOf(token.toJwtSync()).roomConfig, { name: 'lobby', emptyTimeout: 60 });
    });

    test('AccessToken refuses the same values', () => {
      const token = proxied(new AccessToken(KEY, SECRET));
      token.addGrant(JOIN);
      assert.throws(() => token.toJwtSync(), { code: 'invalid_claim', message: 'identity is required' });
    });

    test('TokenVerifier works', async () => {
      const verifier = proxied(new TokenVerifier(KEY, SECRET, proxied({ refuseFutureIat: true })));
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: KEY, exp: now + 60, sub: 'alice' };
      const good = sign(JSON.stringify(claims));
      assert.deepEqual(verifier.verifySync(good), claims);
      assert.deepEqual(await verifier.verify(good, '1m'), claims);
      const future = sign(JSON.stringify({ ...claims, iat: now + 3600 }));
      assert.throws(() => verifier.verifySync(future), { reason: 'not_yet_valid' });
      await assert.rejects(verifier.verify(`${good}!`), { reason: 'malformed' });
    });

    test('WebhookReceiver works', async () => {
      const receiver = proxied(new WebhookReceiver(KEY, SECRET));
      const body = '{"event":"room_started","room":{"name":"lobby"}}';
      const token = new AccessToken(KEY, SECRET);
      token.sha256 = digestOf(body);
      const header = token.toJwtSync();
      assert.equal(receiver.receiveSync(body, header).room?.name, 'lobby');
      assert.equal((await receiver.receive(new TextEncoder().encode(body), header)).event, 'room_started');
      assert.throws(() => receiver.receiveSync(`${body} `, header), { status: 401 });
    });

    test('LivekitService works', () => {
      const env = { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_URL: 'wss://example.com' };
      const config = proxied({ apiKey: KEY, apiSecret: SECRET, url: 'wss://example.com', tokenTtl: 60 });
      for (const target of [new LivekitService(config), LivekitService.fromEnv(proxied(env))]) {
        const service = proxied(target);
        for (let count = 0; count < 2; count++) {
          const { token, roomId } = service.generateToken(proxied({ roomId: 'lobby', identity: 'alice' }));
          assert.deepEqual([roomId, claimsOf(token).video?.room, claimsOf(token).sub], ['lobby', 'lobby', 'alice']);
          assert.deepEqual(service.getConnectionInfo(), { url: 'wss://example.com' });
          assert.equal(service.validateConfiguration(), true);
          assert.deepEqual(service.missingConfiguration(), []);
          assert.throws(() => service.generateToken({ roomId: '', identity: 'alice' }), { code: 'invalid_request' });
          service.dispose();
        }
      }
    });

    test('no printed or copied object shows the secret', () => {
      const objects: object[] = [
        new AccessToken(KEY, SECRET),
        new TokenVerifier(KEY, SECRET),
        new WebhookReceiver(KEY, SECRET),
        new LivekitService({ apiKey: KEY, apiSecret: SECRET }),
      ];
      for (const object of objects.map(proxied)) {
        const shown = inspect(object, { showHidden: true, showProxy: true, depth: 20 });
        for (const text of [shown, JSON.stringify(object), String(object), JSON.stringify({ ...object })]) {
          assert.equal(text.includes(SECRET), false);
        }
      }
    });
  });
}
