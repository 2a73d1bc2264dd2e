/** The whole flow: a token of the endpoint, a browser in the room, webhooks, presence, a moderator, a removal. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RoomService } from 'livekit-edge/server';
import { assertToken } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { ready } from './support/ready.ts';

const ROOM = 'channel-abc123';
const SEEN_MS = 30_000;

let endpoint: Endpoint;
let found: Awaited<ReturnType<typeof ready>>;
before(async () => {
  // LiveKit's server needs the URL of the endpoint for its webhooks, and the endpoint, in each request, that of the server.
  endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts') });
  found = await ready({ webhookUrl: `${endpoint.url}/api/livekit/webhook` });
});
after(async () => {
  if (!('skip' in found)) await found.stop();
  await endpoint.stop();
});

interface Present {
  identity: string;
  name: string;
  isServerMuted: boolean;
}

/** Waits until presence is as expected. */
async function present(
  settings: Record<string, string>,
  what: string,
  isSo: (participants: Present[]) => boolean,
): Promise<Present[]> {
  for (const end = performance.now() + SEEN_MS; ; ) {
    const { text } = await endpoint.get(`/channels/${ROOM}/voice-presence`, { settings });
    const { participants } = JSON.parse(text);
    if (isSo(participants)) return participants;
    assert.ok(performance.now() < end, `${what}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a participant who joins is present, a muted one is marked, and a removed one is gone', async (t) => {
  if ('skip' in found) return t.skip(found.skip);
  const { livekit, browser } = found;
  const settings = { LIVEKIT_URL: livekit.url };
  const { token, url = '' } = assertToken(await endpoint.token({ roomId: ROOM, name: 'Alice' }, { settings }));
  const alice = await browser.join(url, token);
  await alice.command('setMicrophone', true);
  await alice.sees('its microphone on', ({ isMuted }) => isMuted === false);
  const [participant] = await present(settings, 'Alice is there', ({ length }) => length === 1);
  const { identity, name, isServerMuted } = participant ?? {};
  assert.deepEqual([identity, name, isServerMuted], ['user-456', 'Alice', false]);

  const mute = (participantIdentity: string, as: string) =>
    endpoint.post(`/channels/${ROOM}/mute-participant`, { participantIdentity, mute: true }, { as, settings });
  assert.equal((await mute('user-456', 'user-789')).status, 403);
  assert.equal((await mute('nobody', 'user-mod')).status, 404);
  // The server knows the microphone a moment after the participant has published it.
  for (const end = performance.now() + SEEN_MS; ; ) {
    assert.equal((await mute('user-456', 'user-mod')).status, 201);
    if ((await alice.command('state')).isMuted === true) break;
    assert.ok(performance.now() < end, 'the microphone was never muted');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await present(settings, 'Alice is muted', ([first]) => first?.isServerMuted === true);

  const rooms = RoomService.fromEnv({
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
  });
  await rooms.removeParticipant(ROOM, 'user-456');
  await alice.sees('that it is out', ({ connection }) => connection === 'disconnected');
  await present(settings, 'no participant is there', ({ length }) => length === 0);
});
