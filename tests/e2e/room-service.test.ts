/** RoomService against LiveKit's own server, with a browser whose microphone is on. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { AccessToken } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { assertRejects, NOT_FOUND, UNMUTE } from '../server-parts/misbehaviours.ts';
import type { Participant } from './support/browser.ts';
import { type Ready, ready } from './support/ready.ts';
import { addressesOf } from './support/sockets.ts';

const ROOM = 'lobby';
const KNOWN_MS = 15_000;

/** Defines tests that are skipped without a server or a browser. */
function suite(name: string, options: Parameters<typeof ready>[0], define: (it: It) => void) {
  describe(name, () => {
    let found: Awaited<ReturnType<typeof ready>>;
    before(async () => {
      found = await ready(options);
    });
    after(() => 'stop' in found && found.stop());
    define((title, check) =>
      test(title, (t) => {
        if ('skip' in found) return t.skip(found.skip);
        const rooms = new RoomService({ url: found.livekit.url, adminToken: found.adminToken });
        return check({ ...found, rooms }, t);
      }));
  });
}

type Parts = Ready & { rooms: RoomService };
type It = (title: string, check: (parts: Parts, t: TestContext) => Promise<void>) => void;

/** Joins, turns the microphone on, and waits until the server has it. */
async function withMicrophone(parts: Ready, identity: string): Promise<Participant> {
  const participant = await parts.join(ROOM, identity);
  await participant.command('setMicrophone', true);
  const { trackSid } = await participant.sees('its microphone on', ({ isMuted }) => isMuted === false);
  await isKnown(parts, identity, trackSid);
  return participant;
}

/** Waits until the server knows a track, which is a moment after the participant has published it. */
async function isKnown({ livekit, adminToken }: Ready, identity: string, trackSid: string | undefined): Promise<void> {
  const deadline = performance.now() + KNOWN_MS;
  for (let known = ''; !known.includes(`"${trackSid}"`); await new Promise((resolve) => setTimeout(resolve, 50))) {
    assert.ok(performance.now() < deadline, `the server never knew the microphone: ${known}`);
    const response = await fetch(`${livekit.httpUrl}/twirp/livekit.RoomService/GetParticipant`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken(ROOM)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ room: ROOM, identity }),
    });
    known = await response.text();
  }
}

suite('with the settings of LiveKit', {}, (it) => {
  let alice: Participant | undefined;
  beforeEach(async () => {
    await alice?.command('leave').catch(() => {});
    alice = undefined;
  });

  it('a microphone is muted, which the participant sees, may undo, and sees again', async (parts) => {
    alice = await withMicrophone(parts, 'alice');
    await parts.rooms.muteParticipant(ROOM, 'alice', true);
    const { events } = await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
    assert.deepEqual(events, ['muted microphone']);
    await alice.command('setMicrophone', true);
    await alice.sees('its microphone on', ({ isMuted }) => isMuted === false);
    // A second mute does no harm, but may reach the participant only after the participant has undone the first.
    for (let time = 0; time < 2; time++) await parts.rooms.muteParticipant(ROOM, 'alice', true);
    await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
  });

  it('unmuting is 409, and the microphone stays muted', async (parts) => {
    alice = await withMicrophone(parts, 'alice');
    await parts.rooms.muteParticipant(ROOM, 'alice', true);
    await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
    await assertRejects(parts.rooms.muteParticipant(ROOM, 'alice', false), UNMUTE);
    assert.equal((await alice.command('state')).isMuted, true);
  });

  it('audio with another source is muted like a microphone', async (parts) => {
    alice = await parts.join(ROOM, 'alice');
    const sources = ['screen_share_audio', 'unknown', 'camera', 'screen_share'] as const;
    for (const source of sources) {
      const isVideo = source === 'camera' || source === 'screen_share';
      await isKnown(parts, 'alice', await alice.command('publishAudioAs', source, isVideo));
    }
    await parts.rooms.muteParticipant(ROOM, 'alice', true);
    const all = sources.map((source) => `muted ${source}`).sort();
    await alice.sees('all of it muted', ({ events }) => [...events].sort().join() === all.join());
  });

  it('a participant without audio, or with only a camera, is not changed', async (parts) => {
    alice = await parts.join(ROOM, 'alice');
    await parts.rooms.muteParticipant(ROOM, 'alice', true);
    await alice.command('setCamera', true);
    for (const muted of [true, false]) await parts.rooms.muteParticipant(ROOM, 'alice', muted);
    assert.deepEqual((await alice.command('state')).events, []);
  });

  it('a removed participant is disconnected', async (parts) => {
    alice = await withMicrophone(parts, 'alice');
    await parts.rooms.removeParticipant(ROOM, 'alice');
    const { events } = await alice.sees('itself removed', ({ connection }) => connection === 'disconnected');
    assert.deepEqual(events, ['disconnected PARTICIPANT_REMOVED']);
    await assertRejects(parts.rooms.removeParticipant(ROOM, 'alice'), NOT_FOUND);
    await assertRejects(parts.rooms.muteParticipant(ROOM, 'alice', true), NOT_FOUND);
  });

  it('an unknown participant, one of an unknown room and one of another room are 404', async (parts) => {
    alice = await parts.join(ROOM, 'alice');
    for (const [room, identity] of [
      [ROOM, 'bob'],
      ['elsewhere', 'alice'],
      [ROOM, ''],
      [ROOM, 'ALICE'],
    ] as const) {
      await assertRejects(parts.rooms.muteParticipant(room, identity, true), NOT_FOUND);
      await assertRejects(parts.rooms.removeParticipant(room, identity), NOT_FOUND);
    }
    assert.equal((await alice.command('state')).connection, 'connected');
  });

  it('unusual identities are the same on both sides', async (parts) => {
    for (const identity of ['a/../b?c#d%2f "q" \\', 'Ünï ✓ 🦑', '__proto__', '1'.repeat(256)]) {
      alice = await withMicrophone(parts, identity);
      await parts.rooms.muteParticipant(ROOM, identity, true);
      await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
      await parts.rooms.removeParticipant(ROOM, identity);
      await alice.sees('itself removed', ({ connection }) => connection === 'disconnected');
    }
  });

  it('a token for another room, without the grant or with another secret is 502, and has no effect', async (parts) => {
    alice = await withMicrophone(parts, 'alice');
    const { url, apiKey, apiSecret } = parts.livekit;
    const minting = (secret: string, grant: object) => () => {
      const at = new AccessToken(apiKey, secret, { ttl: 60 });
      at.addGrant(grant);
      return at.toJwtSync();
    };
    for (const adminToken of [
      minting(apiSecret, { roomAdmin: true, room: 'elsewhere' }),
      minting(apiSecret, { room: ROOM }),
      minting('another secret', { roomAdmin: true, room: ROOM }),
      () => 'no token',
    ]) {
      const rooms = new RoomService({ url, adminToken });
      const reason = 'livekit_refused';
      await assertRejects(rooms.muteParticipant(ROOM, 'alice', true), { text: 'Failed to mute participant', reason });
      await assertRejects(rooms.removeParticipant(ROOM, 'alice'), { text: 'Failed to remove participant', reason });
    }
    const { connection, isMuted } = await alice.command('state');
    assert.deepEqual({ connection, isMuted }, { connection: 'connected', isMuted: false });
  });

  it('all connections stay on this machine', async (parts, t) => {
    alice = await withMicrophone(parts, 'alice');
    const { iceServers } = await alice.command('state');
    assert.ok(iceServers.length > 0, 'the server lists an ICE server in place of its default');
    for (const server of iceServers) assert.match(server, /^stun:127\.0\.0\.1:\d+$/);
    const log = parts.livekit.log();
    assert.match(log, /starting LiveKit server/);
    assert.doesNotMatch(log, /external ip|stun\.|twilio|google/i);
    // The browser offers this machine's other addresses as well.
    const ours = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address));
    for (const [, address] of log.matchAll(/\b(\d+\.\d+\.\d+\.\d+):\d+\b/g)) assert.ok(ours.includes(address), address);
    if (process.platform !== 'linux') return t.diagnostic('sockets are looked at on Linux only');
    assert.deepEqual(addressesOf(parts.livekit.pid ?? 0), ['127.0.0.1']);
  });
});

suite('if the server allows unmuting', { remoteUnmute: true }, (it) => {
  it('a microphone is unmuted', async (parts) => {
    const alice = await withMicrophone(parts, 'alice');
    await parts.rooms.muteParticipant(ROOM, 'alice', true);
    await alice.sees('its microphone muted', ({ isMuted }) => isMuted === true);
    await parts.rooms.muteParticipant(ROOM, 'alice', false);
    await alice.sees('its microphone on', ({ isMuted }) => isMuted === false);
  });
});
