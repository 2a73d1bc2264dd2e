/** RoomService: timeouts, and the URL that it calls. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LivekitException } from 'livekit-edge';
import { RoomService } from 'livekit-edge/server';
import { type Behaviour, startFakeLivekit } from './fake-livekit.ts';
import { assertRejects, TIMEOUT } from './misbehaviours.ts';
import { ALICE, adminToken, withRoomService } from './with-room-service.ts';

const ROOM = 'room-of-the-test';
const running = withRoomService();

describe('timeouts', () => {
  const SLOW: Record<string, Behaviour> = {
    headers: () => {},
    body: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"identity":');
    },
  };
  for (const [what, behave] of Object.entries(SLOW)) {
    test(`slow ${what}: 504 after ten seconds`, async (t) => {
      for (const method of ['GetParticipant', 'MutePublishedTrack', 'RemoveParticipant']) {
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const reached = new Promise<void>((resolve) => {
          running.livekit.behaviours.set(method, (response, request) => {
            behave(response, request);
            setImmediate(resolve);
          });
        });
        const isRemoval = method === 'RemoveParticipant';
        const acting = isRemoval
          ? running.rooms.removeParticipant(ROOM, ALICE)
          : running.rooms.muteParticipant(ROOM, ALICE, true);
        let settled = false;
        const checked = assertRejects(acting, TIMEOUT).then(() => {
          settled = true;
        });
        await reached;
        t.mock.timers.tick(9_999);
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        assert.equal(settled, false, 'the timeout came too early');
        t.mock.timers.tick(1);
        await checked;
        t.mock.timers.reset();
        running.livekit.behaviours.clear();
        await running.rooms.muteParticipant(ROOM, ALICE, true);
      }
    });
  }

  test('a fetch of the application that ignores the signal is 504 after ten seconds, too', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const never = new Promise<never>(() => {});
    const endless = () => new ReadableStream<Uint8Array>({ pull: () => never });
    for (const fetch of [
      () => never,
      async () => new Response(endless()),
      async () => new Response(endless(), { status: 500 }),
    ]) {
      const checked = assertRejects(
        new RoomService({ url: running.livekit.url, adminToken, fetch }).removeParticipant(ROOM, ALICE),
        TIMEOUT,
      );
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      t.mock.timers.tick(10_000);
      await checked;
    }
  });

  test('if a fetch of the application throws or returns any value, the error is a LivekitException', async () => {
    const thrown = () => {
      throw new Error('CANARY');
    };
    for (const fetch of [
      thrown,
      async () => thrown(),
      () => undefined,
      async () => null,
      async () => ({ status: 200 }),
      async () => 7,
    ]) {
      const rooms = new RoomService({ url: running.livekit.url, adminToken, fetch: fetch as never });
      const failed = { text: 'Failed to remove participant', status: 502, code: 'livekit_unavailable' } as const;
      await assertRejects(rooms.removeParticipant(ROOM, ALICE), failed);
    }
  });

  test('no timer is left running, whatever the outcome', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    for (const outcome of [async () => Response.json({}), async () => Response.error(), () => Promise.reject()]) {
      let signal: AbortSignal | null | undefined;
      const stub = (_: string, init: RequestInit) => {
        signal = init.signal;
        return outcome();
      };
      await new RoomService({ url: running.livekit.url, adminToken, fetch: stub })
        .removeParticipant(ROOM, ALICE)
        .catch(() => {});
      t.mock.timers.tick(60_000);
      assert.equal(signal?.aborted, false);
    }
  });
});

describe('settings', () => {
  const asked = async (url: string) => {
    const urls: string[] = [];
    const stub = async (address: string) => {
      urls.push(address);
      return Response.json({});
    };
    await new RoomService({ url, adminToken, fetch: stub }).removeParticipant(ROOM, ALICE);
    return urls[0]?.replace('/twirp/livekit.RoomService/RemoveParticipant', '');
  };

  test('the URL is that of the server over HTTP, with its path and without slashes at the end', async () => {
    assert.equal(await asked('wss://livekit.example'), 'https://livekit.example');
    assert.equal(await asked('wss://livekit.example/'), 'https://livekit.example');
    assert.equal(await asked('ws://livekit.example:7880'), 'http://livekit.example:7880');
    assert.equal(await asked('https://livekit.example/a/b//?x=y#z'), 'https://livekit.example/a/b');
    assert.equal(await asked('http://[::1]:7880/sfu'), 'http://[::1]:7880/sfu');
    assert.equal(await asked('WSS://LiveKit.Example:443'), 'https://livekit.example');
    const prefixed = await startFakeLivekit('/sfu');
    prefixed.participants.set(ALICE, { identity: ALICE, tracks: [] });
    await new RoomService({ url: `${prefixed.url}/`, adminToken }).removeParticipant(ROOM, ALICE);
    await prefixed.stop();
  });

  test('without a valid URL it is not configured, the error names the URL, and no token is issued', async () => {
    const unset = [undefined, '', ' '];
    const hostile = { toString: () => assert.fail('called') } as never;
    const invalid = [
      'livekit.example',
      'ftp://livekit.example',
      'ws://user:pw@running.livekit.example',
      'ws://',
      hostile,
    ];
    for (const url of [...unset, ...invalid]) {
      const mint = () => assert.fail('minted');
      const rooms = new RoomService({ url, adminToken: mint });
      const isUnset = unset.includes(url);
      const text = isUnset ? 'LiveKit credentials not configured' : 'LiveKit URL invalid';
      for (const act of [rooms.muteParticipant(ROOM, ALICE, true), rooms.removeParticipant(ROOM, ALICE)]) {
        const reason = isUnset ? 'missing_url' : 'invalid_url';
        await assertRejects(act, { status: 500, code: 'not_configured', text, reason });
        await assert.rejects(act, { path: 'url' });
      }
    }
  });

  test('an error of the token function rejects the call unchanged', async () => {
    const error = new LivekitException('no', 400);
    const mint = () => {
      throw error;
    };
    const unset = new RoomService({ url: running.livekit.url, adminToken: mint });
    await assert.rejects(unset.removeParticipant(ROOM, ALICE), (thrown) => thrown === error);
    assert.deepEqual(running.livekit.calls, []);
  });
});
