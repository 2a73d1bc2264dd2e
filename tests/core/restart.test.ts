/** A trap ends an instance of one module; whatever it had prepared is prepared anew, and the other module goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessToken, LivekitService, TokenVerifier } from 'livekit-edge';
import { ENDPOINT } from '../../pkg/dist/wasm/endpoint.js';
import { EndpointHandle } from '../../pkg/dist/wasm/endpoint-handle.js';
import type { Core, Module } from '../../pkg/dist/wasm/instance.js';
import { TOKENS } from '../../pkg/dist/wasm/tokens.js';

const KEY = 'api-key';
const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const SETTINGS = { LIVEKIT_API_KEY: KEY, LIVEKIT_API_SECRET: SECRET, LIVEKIT_URL: 'wss://livekit.example.com' };
const REQUEST = { roomId: 'room', identity: 'user' };

/** What the module would throw; here because no input makes it do so. */
function trapIn<Operations extends Core>(module: Module<Operations>, operation: keyof Operations): void {
  const trap = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  module.running = { ...(module.running as Operations), [operation]: trap };
}

const sign = () => new AccessToken(KEY, SECRET, { identity: 'user' }).toJwtSync();
const subjectOf = (token: string) => new TokenVerifier(KEY, SECRET).verifySync(token).sub;

for (const [operation, use] of [
  ['generate_token', (service: LivekitService) => service.generateToken(REQUEST)],
  ['create_service', (service: LivekitService) => service.generateToken(REQUEST)],
  ['output', (service: LivekitService) => service.generateToken(REQUEST)],
  ['sign_access_token', sign],
  ['create_key', () => new AccessToken(`${KEY}-${Math.random()}`, SECRET, { identity: 'user' }).toJwtSync()],
  ['verify_short_token', (_: LivekitService, token: string) => subjectOf(token)],
  ['input', (_: LivekitService, token: string) => new TokenVerifier(KEY, SECRET).verifySync(token, '1m')],
] as const) {
  test(`after a trap in ${operation}`, () => {
    const [service, endpoint] = [new LivekitService({ apiKey: KEY, apiSecret: SECRET }), new EndpointHandle(SETTINGS)];
    const token = sign();
    assert.equal(subjectOf(service.generateToken(REQUEST).token), 'user');
    assert.equal(endpoint.description.configured, true);
    const [first, other] = [TOKENS.running, ENDPOINT.running];

    trapIn(TOKENS, operation);
    assert.throws(() => use(service, token), { name: 'LivekitException', code: 'internal' });
    assert.equal(TOKENS.running, undefined);

    assert.equal(subjectOf(service.generateToken(REQUEST).token), 'user');
    assert.equal(subjectOf(sign()), 'user');
    assert.ok(TOKENS.running !== undefined && TOKENS.running !== first);
    assert.equal(ENDPOINT.running, other);
    service.dispose();
    assert.equal(subjectOf(service.generateToken(REQUEST).token), 'user');
  });
}

test('after a trap in the endpoint', () => {
  const [service, endpoint] = [new LivekitService({ apiKey: KEY, apiSecret: SECRET }), new EndpointHandle(SETTINGS)];
  service.generateToken(REQUEST);
  endpoint.generateAdminToken('room');
  const [first, other] = [ENDPOINT.running, TOKENS.running];

  trapIn(ENDPOINT, 'generate_admin_token');
  assert.throws(() => endpoint.generateAdminToken('room'), { name: 'LivekitException', code: 'internal' });
  assert.equal(ENDPOINT.running, undefined);

  assert.match(endpoint.generateAdminToken('room'), /^eyJ/);
  assert.ok(ENDPOINT.running !== undefined && ENDPOINT.running !== first);
  assert.equal(TOKENS.running, other);
});

test("a service that was prepared before a trap and is disposed of after it takes nobody else's place", () => {
  const old = new LivekitService({ apiKey: KEY, apiSecret: SECRET });
  old.generateToken(REQUEST);
  trapIn(TOKENS, 'sign_access_token');
  assert.throws(sign, { code: 'internal' });
  const next = new LivekitService({ apiKey: KEY, apiSecret: SECRET });
  assert.equal(subjectOf(next.generateToken(REQUEST).token), 'user');
  old.dispose();
  assert.equal(subjectOf(next.generateToken(REQUEST).token), 'user');
});

test("without Node's Buffer, and with one that is not Node's, tokens are the same", () => {
  const { Buffer } = globalThis;
  const read = (token: string) => new TokenVerifier(KEY, SECRET).verifySync(token).name;
  try {
    const from = (...of: [string, 'base64']) => new Uint8Array(Buffer.from(...of));
    for (const other of [undefined, { from }]) {
      Object.assign(globalThis, { Buffer: other });
      TOKENS.running = undefined;
      const service = new LivekitService({ apiKey: KEY, apiSecret: SECRET, jti: true });
      const { token, jti } = service.generateToken({ ...REQUEST, name: 'Zoë' });
      assert.deepEqual([read(token), jti?.length], ['Zoë', 22]);
    }
  } finally {
    Object.assign(globalThis, { Buffer });
    TOKENS.running = undefined;
  }
});
