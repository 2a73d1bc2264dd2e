/** Responses of the endpoint with every documented status, by operation. */
import type { FakeLivekit } from '../../server-parts/fake-livekit.ts';
import { json, MICROPHONE, refuseUnmuting } from '../../server-parts/fake-livekit.ts';
import { type EgressServer, startEgressServer, twirpError } from '../../support/egress-server.ts';
import type { Answer, Asking, Endpoint } from '../../support/endpoint.ts';
import { openStream } from '../../support/event-stream.ts';
import { ADDRESS_HEADER, LIMITS_HEADER, SETTINGS_HEADER, toHeader } from '../../support/headers.ts';
import { ROOM_OF_NO_SERVER } from '../../support/limited.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { RECORDING } from '../../support/recording.ts';
import { severalServers } from '../../support/servers.ts';
import { userToken } from '../../support/user-token.ts';
import { moved, signatureOf, webhooks } from '../../support/webhooks.ts';

const CHANNEL = 'channel-abc123';

/** Routes that return a token: a valid body, and one of a caller without permission. */
const TOKEN_ROUTES = [
  ['/token', { roomId: CHANNEL }, { roomId: 'channel-private-1' }],
  ['/dm-token', { roomId: 'dm-group-1' }, { roomId: CHANNEL }],
  ['/token-source', { room_name: CHANNEL, participant_name: 'A' }, { room_name: 'channel-private-1' }],
] as const;

/** Routes of moderators: a valid body, and the method of LiveKit that is called, if any. */
const MODERATIONS = [
  ['kick-participant', { participantIdentity: 'user-789' }, 'RemoveParticipant'],
  ['remove-participant', { participantIdentity: 'user-456' }, 'RemoveParticipant'],
  ['lock', { locked: false }, undefined],
  ['end', {}, 'DeleteRoom'],
] as const;

/** A response and its operation. */
export interface Recorded {
  path: string;
  method: string;
  answer: Answer;
}

type Send = (asking: Asking) => Promise<Answer>;

const NO_STORE = { settings: { DB: null } };
const REFUSED = (limit: 'user' | 'address'): Asking => ({
  headers: { [LIMITS_HEADER]: toHeader({ [limit]: { says: 'no' } }), [ADDRESS_HEADER]: '192.0.2.1' },
});
const REFUSED_BY_CHOICE = { CHOICE: 'refuse' };
const SEVERAL: Asking = { settings: severalServers({ eu: 'wss://eu.example', us: 'wss://us.example' }) };
const creating = (url: string): Asking => ({ settings: { LIVEKIT_CREATE_ROOMS: 'true', LIVEKIT_URL: url } });
const BY_COOKIE = (): Asking => ({
  as: null,
  headers: { Cookie: `access_token=${userToken('user-456')}`, 'Content-Type': 'text/plain' },
});

/** Responses of a route that needs a user token: its success, and its refusals. */
const ofUsers = (send: Send, others: Asking[] = []): Promise<Answer>[] =>
  [{}, { as: null }, { as: 'user-banned' }, REFUSED('user'), REFUSED('address'), NO_STORE, ...others].map(send);

/** The beginning of a stream, which does not end by itself. */
async function beginningOf(endpoint: Endpoint, path: string): Promise<Answer> {
  const client = await openStream(`${endpoint.url}/api/livekit${path}`, {
    Authorization: `Bearer ${userToken('user-456')}`,
  });
  await client.read().next();
  await client.close();
  const headers = new Headers({ 'content-type': client.headers['content-type'] ?? '' });
  return { status: client.status, headers, text: client.text };
}

/** Sends all requests. */
export async function record(endpoint: Endpoint, livekit: FakeLivekit): Promise<Recorded[]> {
  const all: Recorded[] = [];
  async function keep(method: string, path: string, answers: readonly Promise<Answer>[]): Promise<void> {
    for (const answer of await Promise.all(answers)) all.push({ method, path, answer });
  }
  const unfinished = (size: number, path: string, ...headers: string[]) =>
    sendRaw(
      endpoint.url,
      `POST /api/livekit${path}`,
      [`Content-Length: ${size}`, 'Content-Type: text/plain', ...headers],
      '{',
    );
  const large = (path: string, ...headers: string[]) => unfinished(2_000_000, path, ...headers);
  const late = (path: string, ...headers: string[]) => unfinished(500, path, ...headers);

  for (const [path, good, refused] of TOKEN_ROUTES) {
    await keep('post', path, [
      ...ofUsers((asking) => endpoint.post(path, good, asking), [BY_COOKIE(), { settings: { LIVEKIT_API_KEY: '' } }]),
      ...[refused, '{', {}, { ...good, ...refused, ttl: 0, participant_metadata: 'x' }].map((body) =>
        endpoint.post(path, body),
      ),
      large(path),
      endpoint.post(path, good, creating(livekit.url)),
      endpoint.post(path, good, creating('ws://127.0.0.1:1')),
      endpoint.post(path, good, { settings: REFUSED_BY_CHOICE }),
    ]);
  }

  const path = '/channels/{channelId}/mute-participant';
  const at = path.replace('{channelId}', CHANNEL);
  const withLivekit = (asking: Asking = {}): Asking => ({
    as: 'user-mod',
    ...asking,
    settings: { LIVEKIT_URL: livekit.url, ...asking.settings },
  });
  const mute: Send = (asking) =>
    endpoint.post(at, { participantIdentity: 'user-456', mute: true }, withLivekit(asking));
  livekit.participants.set('user-456', { identity: 'user-456', tracks: [MICROPHONE] });
  await keep('post', path, [
    ...ofUsers(mute, [BY_COOKIE(), { as: 'user-456' }, { settings: { LIVEKIT_API_SECRET: '' } }]),
    endpoint.post(at, { participantIdentity: 'nobody', mute: true }, withLivekit()),
    endpoint.post(at, '[]', withLivekit()),
    endpoint.post(at, {}, withLivekit()),
    large(at),
    mute({ settings: { LIVEKIT_URL: 'ws://127.0.0.1:1' } }),
    mute({ settings: { LIVEKIT_URL: 'livekit.example' } }),
    mute({ settings: REFUSED_BY_CHOICE }),
  ]);
  livekit.behaviours.set('MutePublishedTrack', refuseUnmuting);
  const unmute = { participantIdentity: 'user-456', mute: false };
  const muted = { identity: 'user-456', tracks: [{ ...MICROPHONE, muted: true }] };
  livekit.participants.set('user-456', muted);
  await keep('post', path, [endpoint.post(at, unmute, withLivekit())]);
  livekit.behaviours.set('GetParticipant', () => {});
  await keep('post', path, [mute({})]);
  livekit.behaviours.set('GetParticipant', (response) => json(response, 500, {}));
  await keep('post', path, [mute({})]);

  livekit.behaviours.delete('GetParticipant');
  livekit.participants.set('user-789', { identity: 'user-789', tracks: [] });
  const moderated = MODERATIONS.map(([name, good, method]) => {
    const path = `/channels/{channelId}/${name}`;
    const at = path.replace('{channelId}', CHANNEL);
    const ask: Send = (asking) => endpoint.post(at, good, withLivekit(asking));
    return { path, at, ask, method };
  });
  for (const { path, at, ask, method } of moderated) {
    await keep('post', path, [
      ...ofUsers(ask, [BY_COOKIE(), { as: 'user-456' }]),
      endpoint.post(at, '[]', withLivekit()),
      large(at),
    ]);
    if (method === undefined) continue;
    await keep('post', path, [
      ask({ settings: { LIVEKIT_API_SECRET: '' } }),
      ask({ settings: { LIVEKIT_URL: 'livekit.example' } }),
      ask({ settings: { LIVEKIT_URL: 'ws://127.0.0.1:1' } }),
      ask({ settings: REFUSED_BY_CHOICE }),
    ]);
  }
  const kicks = '/channels/{channelId}/kick-participant';
  const lift =
    (query: string): Send =>
    (asking) =>
      endpoint.send('DELETE', `${kicks.replace('{channelId}', CHANNEL)}${query}`, withLivekit(asking));
  await keep('delete', kicks, [
    ...ofUsers(lift('?participantIdentity=nobody'), [{ as: 'user-456' }]),
    lift('')({}),
    lift('?participantIdentity=a&participantIdentity=b')({}),
  ]);
  const nobody = { participantIdentity: 'nobody' };
  const removal = '/channels/{channelId}/remove-participant';
  await keep('post', removal, [endpoint.post(removal.replace('{channelId}', CHANNEL), nobody, withLivekit())]);
  const egress = await startEgressServer();
  try {
    await keepRecordings(endpoint, egress, keep, unfinished);
  } finally {
    await egress.stop();
  }

  const OPERATOR_KEY = 'an-operator-key-of-more-than-32-bytes';
  const operator = { Authorization: `Bearer ${OPERATOR_KEY}`, [SETTINGS_HEADER]: toHeader({ OPERATOR_KEY }) };
  const ofOperator = Object.entries(operator).map(([name, value]) => `${name}: ${value}`);
  const sync = (body: unknown, { headers, settings }: Asking = {}) =>
    endpoint.post('/sync', body, {
      as: null,
      headers: { Authorization: operator.Authorization, ...headers },
      settings: { OPERATOR_KEY, LIVEKIT_URL: livekit.url, ...settings },
    });
  livekit.behaviours.set('ListParticipants', (response) => json(response, 200, { participants: [] }));
  await keep('post', '/sync', [
    ...[{}, NO_STORE, REFUSED('address'), { settings: { OPERATOR_KEY: '' } }].map((asking) =>
      sync({ roomId: CHANNEL }, asking),
    ),
    sync({ roomId: CHANNEL }, { headers: { Authorization: 'Bearer x' } }),
    sync({ roomId: CHANNEL }, { settings: { LIVEKIT_URL: 'livekit.example' } }),
    sync({ roomId: CHANNEL }, { settings: REFUSED_BY_CHOICE }),
    sync({ roomId: 'nowhere' }),
    sync({ userId: 'user-456' }),
    sync({}),
    sync('{'),
    large('/sync', ...ofOperator),
  ]);

  const webhook = webhooks(() => endpoint);
  const joined = moved('joined', CHANNEL, 'user-456');
  const rejoined = moved('joined', CHANNEL, 'user-789');
  const signature = `Authorization: ${await signatureOf(joined)}`;
  await keep('post', '/webhook', [
    ...[{}, { headers: { Authorization: 'x' } }, NO_STORE].map((asking) => webhook(joined, asking)),
    webhook('{'),
    webhook('[]'),
    large('/webhook', signature),
    // user-789 was kicked above.
    ...[
      { LIVEKIT_API_KEY: '' },
      { LIVEKIT_URL: 'livekit.example' },
      { LIVEKIT_URL: 'ws://127.0.0.1:1' },
      REFUSED_BY_CHOICE,
    ].map((settings) => webhook(rejoined, { settings: { LIVEKIT_URL: livekit.url, ...settings } })),
  ]);

  const presence = '/channels/{channelId}/voice-presence';
  const read =
    (path: string): Send =>
    (asking) =>
      endpoint.get(path, asking);
  const here = presence.replace('{channelId}', CHANNEL);
  await keep('get', presence, ofUsers(read(here), [{ as: 'user-stranger' }]));
  await keep('get', presence, [read(`${here}?after=nobody`)({})]);
  const events = `${presence}/events`;
  const stream = `${here}/events`;
  const refused: Asking[] = [{ as: null }, { as: 'user-stranger' }, REFUSED('user'), REFUSED('address'), NO_STORE];
  await keep('get', events, [...refused.map(read(stream)), beginningOf(endpoint, stream)]);
  await keep('get', '/connection-info', [
    ...ofUsers(read('/connection-info'), [{ settings: { LIVEKIT_URL: '' } }, SEVERAL]),
    endpoint.get(`/connection-info?roomId=${CHANNEL}`, SEVERAL),
    endpoint.get(`/connection-info?roomId=${ROOM_OF_NO_SERVER}`, SEVERAL),
    endpoint.get(`/connection-info?roomId=${CHANNEL}`, { settings: { ...SEVERAL.settings, ...REFUSED_BY_CHOICE } }),
  ]);
  await keep('get', '/health', ofUsers(read('/health'), [{ settings: { LIVEKIT_URL: '' } }]));
  await keep('get', '/livez', [read('/livez')({ as: null })]);
  await keep('get', '/openapi.json', [{ as: null }, REFUSED('address')].map(read('/openapi.json')));
  // Ten seconds each.
  for (const method of ['CreateRoom', 'RemoveParticipant', 'DeleteRoom']) livekit.behaviours.set(method, () => {});
  await Promise.all([
    ...TOKEN_ROUTES.map(([path, good]) => {
      return keep('post', path, [late(path), endpoint.post(path, good, creating(livekit.url))]);
    }),
    keep('post', path, [late(at)]),
    keep('post', '/sync', [late('/sync', ...ofOperator)]),
    ...moderated.map(({ path, at, ask, method }) =>
      keep('post', path, [late(at), ...(method === undefined ? [] : [ask({})])]),
    ),
    keep('post', '/webhook', [
      late('/webhook', signature),
      webhook(rejoined, { settings: { LIVEKIT_URL: livekit.url } }),
    ]),
  ]);
  return all;
}

const RECORDINGS = '/channels/{channelId}/recordings';
const STOP = `${RECORDINGS}/{recordingId}/stop`;

/** The routes of recordings. */
async function keepRecordings(
  endpoint: Endpoint,
  egress: EgressServer,
  keep: (method: string, path: string, answers: readonly Promise<Answer>[]) => Promise<void>,
  unfinished: (size: number, path: string) => Promise<Answer>,
): Promise<void> {
  const at = RECORDINGS.replace('{channelId}', CHANNEL);
  const asking = ({ settings, ...others }: Asking): Asking => ({
    as: 'user-mod',
    ...others,
    settings: { ...RECORDING, LIVEKIT_URL: egress.url, ...settings },
  });
  const start =
    (body: unknown = {}): Send =>
    (given) =>
      endpoint.post(at, body, asking(given));
  const stop =
    (id: string): Send =>
    (given) =>
      endpoint.post(`${at}/${id}/stop`, '', asking(given));
  const list: Send = (given) => endpoint.get(at, asking(given));
  const down = { settings: { LIVEKIT_URL: 'ws://127.0.0.1:1' } };
  const wrongUrl = { settings: { LIVEKIT_URL: 'livekit.example' } };

  await keep('get', RECORDINGS, ofUsers(list, [{ as: 'user-456' }]));
  await keep('post', RECORDINGS, [
    ...[{ as: null }, { as: 'user-banned' }, REFUSED('user'), NO_STORE, BY_COOKIE(), { as: 'user-456' }].map(start()),
    ...['{', '[]', { audioOnly: 1 }].map((body) => start(body)({})),
    start()({ settings: { RECORDING_STORAGE: null, RECORDING_FILEPATH: null } }),
    unfinished(2_000_000, at),
    unfinished(500, at),
  ]);
  const [wrong, refused] = [await start()(wrongUrl), await start()({ settings: REFUSED_BY_CHOICE })];
  egress.behaviours.set('StartRoomCompositeEgress', (response) => twirpError(response, 404, 'not_found', ''));
  const empty = await start()({});
  egress.behaviours.set('StartRoomCompositeEgress', (response) => twirpError(response, 500, 'internal', ''));
  const failed = await start()({});
  egress.behaviours.clear();
  const started = await start()({});
  const second = await start()({});
  await keep(
    'post',
    RECORDINGS,
    [wrong, refused, empty, failed, started, second].map((answer) => Promise.resolve(answer)),
  );
  await keep('get', RECORDINGS, [list({})]);

  const { recordingId } = JSON.parse(started.text);
  const others = [{ as: null }, { as: 'user-banned' }, REFUSED('user'), NO_STORE, BY_COOKIE(), { as: 'user-456' }];
  await keep('post', STOP, others.map(stop(recordingId)));
  await keep('post', STOP, [stop('EG_0')({}), stop(recordingId)(down), stop(recordingId)(wrongUrl)]);
  await keep('post', STOP, [stop(recordingId)({ settings: REFUSED_BY_CHOICE })]);
  egress.behaviours.set('StopEgress', () => {});
  await keep('post', STOP, [stop(recordingId)({})]);
  egress.behaviours.clear();
  await keep('post', STOP, [stop(recordingId)({})]);
  await endpoint.database.delete('VoiceRecordingClaim');
  egress.behaviours.set('ListEgress', () => {});
  await keep('post', RECORDINGS, [start()({})]);
}
