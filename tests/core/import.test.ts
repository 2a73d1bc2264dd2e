/** Importing the package does nothing: no module is compiled, no instance is started, no global is changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as protocol from '@livekit/protocol';

const calls: string[] = [];

/** Records every construction of a WebAssembly class. */
function spy(name: 'Module' | 'Instance' | 'Memory'): void {
  const original = WebAssembly[name];
  const noted = new Proxy(original, {
    construct(target, args, newTarget) {
      calls.push(name);
      return Reflect.construct(target, args, newTarget);
    },
  });
  Object.defineProperty(WebAssembly, name, { value: noted });
}

for (const name of ['Module', 'Instance', 'Memory'] as const) spy(name);
for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'] as const) {
  Object.defineProperty(WebAssembly, name, { value: () => assert.fail(`WebAssembly.${name} was called`) });
}

const globals = Object.getOwnPropertyNames(globalThis).sort();
const edge = await import('livekit-edge');
const globalsAfter = Object.getOwnPropertyNames(globalThis).sort();

test('importing starts nothing', () => {
  assert.deepEqual(calls, []);
  assert.deepEqual(globalsAfter, globals);
});

test('the first call starts the module synchronously, and every later call uses it', () => {
  const config = { apiKey: 'devkey', apiSecret: 'secret' };
  const first = edge.generateToken({ roomId: 'room', identity: 'user' }, config);
  assert.equal(first.token.split('.').length, 3);
  for (let count = 0; count < 10; count++) edge.generateToken({ roomId: 'room', identity: 'user' }, config);
  new edge.LivekitService(config).generateToken({ roomId: 'room', identity: 'user' });
  assert.deepEqual(calls, ['Module', 'Instance']);
});

test('rows 41, 55, 57: the exported names are exactly these', async () => {
  const tokens = Object.keys(await import('livekit-edge/tokens'));
  assert.deepEqual(tokens.sort(), [
    'AccessToken',
    'LivekitException',
    'LivekitService',
    'TokenVerifier',
    'claimsToJwtPayload',
    'generateToken',
    'getConnectionInfo',
    'init',
    'missingConfiguration',
    'trackSourceToString',
    'validateClaims',
    'validateConfiguration',
    'validateTokenClaims',
  ]);
  // Those of @livekit/protocol: tests/core/webhook-event.test.ts.
  const ours = Object.keys(edge).filter((name) => name === 'WebhookEvent' || !(name in protocol));
  const more = [
    'AgentDispatchClient',
    'EgressClient',
    'RoomServiceClient',
    'ServerError',
    'TwirpError',
    'WebhookEvent',
    'WebhookReceiver',
    'authorizeHeader',
  ];
  assert.deepEqual(ours.sort(), [...tokens, ...more].sort());
});
