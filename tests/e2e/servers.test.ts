/** Several LiveKit servers: each room is on one of them, with its tokens, webhooks and calls; and keys that change under load. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { AccessToken, RoomConfiguration } from 'livekit-edge';
import { livekit as endpointOf, RoomService } from 'livekit-edge/server';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { findChromium } from '../runtime/chromium.mjs';
import { assertError, assertToken, NOT_CREATED, NOT_MUTED } from '../support/answers.ts';
import { type Endpoint, startEndpoint, supportScript } from '../support/endpoint.ts';
import { type Livekit, startLivekit } from '../support/livekit.mjs';
import { secretOf, severalServers } from '../support/servers.ts';
import { moved, RECEIVED, signatureOf, webhooks } from '../support/webhooks.ts';
import { type Browser, startBrowser } from './support/browser.ts';
import { Signal } from './support/signal.ts';

/** By rendezvous hashing with the names `eu` and `us`. */
const ROOMS = { eu: 'channel-meeting-456', us: 'channel-abc123' } as const;
type Name = keyof typeof ROOMS;
const NAMES: readonly Name[] = ['eu', 'us'];
const SEEN_MS = 30_000;

const keysOf = (name: string) => ({ [`key-${name}`]: secretOf(name) });

/** True if a server accepts a token. */
const isValid = async ({ httpUrl }: Livekit, token: string) =>
  (await fetch(`${httpUrl}/rtc/validate?access_token=${token}`)).status === 200;

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + SEEN_MS; !(await isSo()); ) {
    assert.ok(performance.now() < end, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('two servers', () => {
  let skip: string | undefined;
  let endpoint: Endpoint;
  let browser: Browser;
  const servers = {} as Record<Name, Livekit>;
  let settings: Record<string, unknown>;

  before(async () => {
    const [server, chromium] = [await livekitServer(), await findChromium()];
    skip = server.skip ?? chromium.skip;
    if (skip !== undefined || chromium.path === undefined) return;
    // The servers need the URL of the endpoint for their webhooks, and the endpoint, in each request, those of the servers.
    const { LIVEKIT_SERVERS } = severalServers({ eu: 'ws://127.0.0.1:1', us: 'ws://127.0.0.1:1' });
    const bindings = { JWT_SECRET: demoSettings['JWT_SECRET'] ?? '', LIVEKIT_SERVERS: JSON.stringify(LIVEKIT_SERVERS) };
    endpoint = await startEndpoint({ entry: supportScript('settings-worker.ts'), bindings });
    browser = await startBrowser(chromium.path);
    const webhookUrl = `${endpoint.url}/api/livekit/webhook`;
    for (const name of NAMES)
      servers[name] = await startLivekit({ keys: keysOf(name), webhookUrl, departureSeconds: 1 });
    settings = severalServers({ eu: servers.eu.url, us: servers.us.url });
  });
  after(async () => {
    await browser?.stop();
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await endpoint?.stop();
  });

  const it = (title: string, check: () => Promise<void>) =>
    test(title, (t: TestContext) => (skip === undefined ? check() : t.skip(skip)));
  const tokenFor = async (name: Name) => assertToken(await endpoint.token({ roomId: ROOMS[name] }, { settings }));
  const mute = (name: Name) =>
    endpoint.post(
      `/channels/${ROOMS[name]}/mute-participant`,
      { participantIdentity: 'user-456', mute: true },
      { as: 'user-mod', settings },
    );

  it('a token is valid on the server of its room, and on no other', async () => {
    for (const name of NAMES) {
      const { token, url } = await tokenFor(name);
      assert.equal(url, servers[name].url);
      for (const other of NAMES) assert.equal(await isValid(servers[other], token), other === name, `${name} ${other}`);
      const info = await endpoint.get(`/connection-info?roomId=${ROOMS[name]}`, { settings });
      assert.equal(info.text, JSON.stringify({ url: servers[name].url }));
    }
  });

  it('participants are seen by the webhooks of their server and muted there; a server that is down affects no other room', async () => {
    const pages = {} as Record<Name, Awaited<ReturnType<Browser['join']>>>;
    for (const name of NAMES) {
      const { token, url = '' } = await tokenFor(name);
      pages[name] = await browser.join(url, token);
      await pages[name].command('setMicrophone', true);
      await until(`present in ${name}`, async () => {
        const { text } = await endpoint.get(`/channels/${ROOMS[name]}/voice-presence`);
        return text.includes('"identity":"user-456"');
      });
    }
    const isMuted = (name: Name) => async () => {
      assert.equal((await mute(name)).status, 201);
      return (await pages[name].command('state')).isMuted === true;
    };
    await until('muted in us', isMuted('us'));
    assert.equal((await pages.eu.command('state')).isMuted, false, 'the other room was muted');

    await servers.us.stop();
    assertError(await mute('us'), NOT_MUTED);
    await until('muted in eu', isMuted('eu'));
    assert.equal(await isValid(servers.eu, (await tokenFor('eu')).token), true);
    // The tokens of the stopped server are valid when it is back.
    assert.equal((await tokenFor('us')).url, servers.us.url);
  });
});

describe('a server without auto_create', () => {
  let skip: string | undefined;
  let endpoint: Endpoint;
  let livekit: Livekit;
  before(async () => {
    ({ skip } = await livekitServer());
    if (skip !== undefined) return;
    [endpoint, livekit] = await Promise.all([
      startEndpoint({ entry: supportScript('settings-worker.ts') }),
      startLivekit({ autoCreate: false }),
    ]);
  });
  after(() => Promise.all([endpoint?.stop(), livekit?.stop()]));

  test('a room that LIVEKIT_CREATE_ROOMS created can be joined, another cannot', async (t) => {
    if (skip !== undefined) return t.skip(skip);
    const join = async (roomId: string, creates: boolean) => {
      const settings = { LIVEKIT_URL: livekit.url, LIVEKIT_CREATE_ROOMS: String(creates) };
      const { token, url = '' } = assertToken(await endpoint.token({ roomId }, { settings }));
      const signal = await Signal.open(url, token);
      const { room } = await signal.receives('join');
      signal.close();
      return room?.name;
    };
    await assert.rejects(join(ROOMS.us, false), /refused/);
    assert.equal(await join(ROOMS.us, true), ROOMS.us);
    assert.equal(await join(ROOMS.us, true), ROOMS.us, 'an existing room stays');
    await assert.rejects(join(ROOMS.eu, false), /refused/);
    // With a configuration, which the server applies.
    const rooms = RoomService.fromEnv({ ...demoSettings, LIVEKIT_URL: livekit.url });
    const configuration = new RoomConfiguration({ metadata: 'of the test', emptyTimeout: 77, maxParticipants: 5 });
    await rooms.createRoom('configured', configuration);
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'alice' });
    token.addGrant({ roomJoin: true, room: 'configured' });
    const signal = await Signal.open(livekit.url, token.toJwtSync());
    const { room } = await signal.receives('join');
    signal.close();
    assert.deepEqual([room?.metadata, room?.emptyTimeout, room?.maxParticipants], ['of the test', 77, 5]);
    const settings = { LIVEKIT_URL: livekit.url, LIVEKIT_CREATE_ROOMS: 'true' };
    const refused = await endpoint.token({ roomId: 'channel-private-1' }, { settings });
    assert.equal(refused.status, 403);
    const wrong = { ...settings, LIVEKIT_API_SECRET: 'another secret' };
    assertError(await endpoint.token({ roomId: ROOMS.us }, { settings: wrong }), NOT_CREATED);
  });
});

describe('the room configurations of a server', () => {
  test('a permission names a configuration, which fills unset fields; with an unknown name no token is issued', async (t) => {
    const { skip } = await livekitServer();
    if (skip !== undefined) return t.skip(skip);
    const livekit = await startLivekit({
      autoCreate: false,
      roomConfigurations: { stage: { empty_timeout: 55, max_participants: 4 } },
    });
    let name = 'stage';
    const app = endpointOf({
      settings: () => ({ ...demoSettings, LIVEKIT_URL: livekit.url, LIVEKIT_CREATE_ROOMS: 'true' }),
      authenticate: () => ({ userId: 'alice' }),
      authorize: ({ userId }, { room }) => ({
        room,
        identity: userId,
        grants: {},
        roomConfig: { name, metadata: 'of the permission', maxParticipants: 9 },
      }),
    });
    const ask = (roomId: string) => app.request('/token', { method: 'POST', body: JSON.stringify({ roomId }) });
    try {
      const signal = await Signal.open(livekit.url, (await (await ask('on-stage')).json()).token);
      const { room } = await signal.receives('join');
      signal.close();
      assert.deepEqual([room?.emptyTimeout, room?.maxParticipants, room?.metadata], [55, 9, 'of the permission']);
      name = 'unknown';
      const refused = await ask('another');
      assert.deepEqual([refused.status, await refused.text()], [502, NOT_CREATED]);
    } finally {
      await livekit.stop();
    }
  });
});

describe('keys that change', () => {
  const OLD = 'key-old';
  const NEW = 'key-new';
  const keys: Record<string, string> = { [OLD]: secretOf('old'), [NEW]: secretOf('new') };
  const line = (key: string) => `${key}: ${keys[key]}`;
  const single = { LIVEKIT_API_KEY: null, LIVEKIT_API_SECRET: null };
  /** The steps of docs/endpoint.md; LiveKit's server has both keys throughout. */
  const STAGES = [
    { settings: { LIVEKIT_API_KEY: OLD, LIVEKIT_API_SECRET: keys[OLD] }, signs: OLD, webhooks: [OLD] },
    { settings: { ...single, LIVEKIT_KEYS: `${line(OLD)}\n${line(NEW)}` }, signs: OLD, webhooks: [OLD] },
    { settings: { ...single, LIVEKIT_KEYS: `${line(NEW)}\n${line(OLD)}` }, signs: NEW, webhooks: [OLD, NEW] },
    { settings: { ...single, LIVEKIT_KEYS: line(NEW) }, signs: NEW, webhooks: [NEW] },
  ];
  const AT_A_TIME = 8;
  const TURNS_A_STAGE = 10;

  test('no request is refused while one key replaces another', async (t) => {
    const { skip } = await livekitServer();
    if (skip !== undefined) return t.skip(skip);
    const [endpoint, livekit] = await Promise.all([
      startEndpoint({ entry: supportScript('settings-worker.ts') }),
      startLivekit({ keys }),
    ]);
    try {
      const send = webhooks(() => endpoint);
      const signed = async (key: string, settings: object) => {
        const body = moved('left', ROOMS.us, 'user-456');
        const headers = { Authorization: await signatureOf(body, { key, secret: keys[key] ?? '' }) };
        return send(body, { settings: { ...settings }, headers });
      };
      const refused: string[] = [];
      const issuers = new Map<number, Set<string>>();
      let stage = 0;
      /** Sends participants and webhooks one after another while keys change. */
      async function load(): Promise<void> {
        for (;;) {
          const at = stage;
          const { settings, webhooks: signers } = STAGES[at] ?? {};
          if (settings === undefined || signers === undefined) return;
          for (const key of signers) {
            const answer = await signed(key, settings);
            if (answer.text !== RECEIVED) refused.push(`stage ${at}: webhook of ${key}: ${answer.status}`);
          }
          const answer = await endpoint.token(
            { roomId: ROOMS.us },
            { settings: { LIVEKIT_URL: livekit.url, ...settings } },
          );
          const token = answer.status === 201 ? (JSON.parse(answer.text).token as string) : '';
          if (!(await isValid(livekit, token))) refused.push(`stage ${at}: token ${answer.status}`);
          const { iss = 'none' } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}');
          issuers.set(at, (issuers.get(at) ?? new Set()).add(iss));
          turns += 1;
        }
      }
      let turns = 0;
      const loads = Array.from({ length: AT_A_TIME }, load);
      for (; stage < STAGES.length; stage++) {
        const end = turns + AT_A_TIME * TURNS_A_STAGE;
        while (turns < end) await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), ...loads]);
      }
      await Promise.all(loads);
      assert.deepEqual(refused, []);
      assert.ok(turns >= STAGES.length * AT_A_TIME * TURNS_A_STAGE);
      t.diagnostic(`${turns} tokens and their webhooks, none refused`);
      for (const [at, { signs }] of STAGES.entries()) assert.deepEqual([...(issuers.get(at) ?? [])], [signs]);
      // The old key is removed at the end.
      assert.equal((await signed(OLD, STAGES.at(-1)?.settings ?? {})).status, 401);
    } finally {
      await Promise.all([endpoint.stop(), livekit.stop()]);
    }
  });
});
