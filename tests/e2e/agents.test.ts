/** Agents that a client requests through the endpoint, in a room of LiveKit's own server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenSource } from 'livekit-client';
import { livekit as livekitEndpoint } from 'livekit-edge/server';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { startLivekit } from '../support/livekit.mjs';
import { Signal } from './support/signal.ts';

const KNOWN_MS = 15_000;

test('LiveKit dispatches the agent that the client requested and the application allowed', async (t) => {
  const { path, skip } = await livekitServer();
  if (path === undefined) return t.skip(skip);
  const server = await startLivekit({ departureSeconds: 1 });
  t.after(() => server.stop());
  const { apiKey, apiSecret, url, httpUrl } = server;
  const endpoint = livekitEndpoint({
    settings: () => ({ LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret, LIVEKIT_URL: url }),
    authenticate: () => ({ userId: 'alice' }),
    authorize: ({ userId }, { room, roomConfig }) => ({
      room,
      identity: userId,
      grants: { canSubscribe: true },
      roomConfig: { agents: (roomConfig?.agents ?? []).filter(({ agentName }) => agentName === 'assistant') },
    }),
  });
  // The client has only the URL of the endpoint.
  t.mock.method(globalThis, 'fetch', (address: string, init?: RequestInit) => endpoint.request(address, init));
  const source = TokenSource.endpoint('http://127.0.0.1/token-source');
  const asked = { agentName: 'assistant', agentMetadata: '{"language":"en"}' };
  const { serverUrl, participantToken } = await source.fetch(asked);
  t.mock.restoreAll();

  const signal = await Signal.open(serverUrl, participantToken);
  t.after(() => signal.close());
  const { room, participant } = await signal.receives('join');
  assert.match(room?.name ?? '', /^room-[\w-]{22}$/);
  assert.equal(participant?.identity, 'alice');
  const dispatches = new AgentDispatchClient(httpUrl, apiKey, apiSecret);
  for (const end = performance.now() + KNOWN_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const known = await dispatches.listDispatch(room?.name ?? '').catch(() => []);
    if (known.length > 0 || performance.now() > end) {
      assert.deepEqual(
        known.map(({ agentName, metadata }) => ({ agentName, metadata })),
        [{ agentName: 'assistant', metadata: '{"language":"en"}' }],
      );
      break;
    }
  }
});
