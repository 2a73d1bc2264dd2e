/**
 * Writes tests/vectors/livekit-webhooks.json: the webhooks that LiveKit's own server sends for joins and leaves. Presence is
 * computed from them, so the recorded events must be the server's and not ours.
 *
 * node_modules/node/bin/node tests/e2e/record-webhooks.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RoomService } from 'livekit-edge/server';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { main, Problem } from '../../scripts/lib/problem.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { type Ready, ready } from './support/ready.ts';
import { startWebhookListener, type WebhookListener } from './support/webhook-listener.ts';

type Scenario = (room: string, parts: Ready, listener: WebhookListener) => Promise<unknown>;

/** Each in a separate room, which has the name of the scenario. */
const SCENARIOS: Record<string, Scenario> = {
  'two come and go': async (room, { join }, { arrives }) => {
    const alice = await join(room, 'alice');
    await arrives('participant_joined', room, 'alice');
    await alice.command('setMicrophone', true);
    await arrives('track_published', room, 'alice');
    const bob = await join(room, 'bob');
    await arrives('participant_joined', room, 'bob');
    await bob.command('leave');
    await arrives('participant_left', room, 'bob');
    await alice.command('leave');
    await arrives('participant_left', room, 'alice');
  },
  'one takes over from another device': async (room, { join }, { arrives, webhooks }) => {
    await join(room, 'alice');
    await arrives('participant_joined', room, 'alice');
    const second = await join(room, 'alice');
    const joined = () => webhooks.filter(({ json }) => json.room?.name === room && json.event === 'participant_joined');
    while (joined().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await second.command('leave');
  },
  'one is removed': async (room, { join, livekit, adminToken }, { arrives }) => {
    await join(room, 'alice');
    await arrives('participant_joined', room, 'alice');
    await new RoomService({ url: livekit.url, adminToken }).removeParticipant(room, 'alice');
    await arrives('participant_left', room, 'alice');
  },
  'one crashes': async (room, { join }, { arrives }) => {
    const alice = await join(room, 'alice');
    await arrives('participant_joined', room, 'alice');
    await alice.crash();
    await arrives('participant_left', room, 'alice');
  },
};

const FILE = join(root, 'tests', 'vectors', 'livekit-webhooks.json');

await main(async () => {
  const listener = await startWebhookListener();
  const parts = await ready({ webhookUrl: listener.url });
  try {
    if ('skip' in parts) throw new Problem(parts.skip);
    const recorded: Record<string, unknown> = {};
    for (const [name, play] of Object.entries(SCENARIOS)) {
      console.log(name);
      const room = name.replaceAll(' ', '-');
      await play(room, parts, listener);
      await listener.arrives('room_finished', room);
      recorded[name] = listener.webhooks.filter(({ json }) => json.room?.name === room).map(({ json }) => json);
    }
    // The password of a room for its relay is not recorded, even when the room has ended.
    writeFileSync(
      FILE,
      JSON.stringify(recorded, (key, value) => (key === 'turnPassword' ? 'left out' : value)),
    );
    await run('node', [join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'format', '--write', FILE]);
  } finally {
    if ('stop' in parts) await parts.stop();
    await listener.stop();
  }
});
