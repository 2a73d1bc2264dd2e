/** LiveKit's RoomService. */
import { serviceSettings, textSettings } from '../../config.js';
import { createException, type LivekitException } from '../../exception.js';
import { snapshot } from '../../snapshot.js';
import { createLog } from '../log.js';
import { createRules, type Rules } from '../rules.js';
import { withTimeout } from '../timeout.js';
import { type ChooseServer, chosenServer } from './servers.js';
import { apiUrl, callRoomService, type Json, type Send } from './twirp.js';

/** Options of {@link RoomService}. */
export interface RoomServiceOptions {
  /** URL of LiveKit's server, as in `LIVEKIT_URL`: ws, wss, http or https, with or without a path. */
  url: string | undefined;
  /** Mints a token with `roomAdmin` for that one room; its errors are passed on. */
  adminToken: (room: string) => string;
  /** Mints a token with `roomCreate`, for {@link RoomService.createRoom}; its errors are passed on. */
  createRoomToken?: (room: string) => string;
  /** Sends the requests; the default is the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

type Post = (method: string, body: Json) => Promise<Json>;

/** Milliseconds for all requests of one call together, including their bodies. */
const TIMEOUT_MS = 10_000;
/** Maximum number of tracks that one call mutes, and of those at a time: a participant may publish thousands. */
const MAX_TRACKS = 64;
const TRACKS_AT_A_TIME = 8;
/**
 * `livekit.TrackType` in JSON, by name or number, except AUDIO, which is zero and may be left out.
 */
const SILENT: readonly unknown[] = ['VIDEO', 1, 'DATA', 2];

/** Which token a call needs. */
type Action = 'administer' | 'create';

/** URL and token of a call. */
interface Access {
  readonly url: string | undefined;
  /** Where the URL is from, for the log: the setting, or the option. */
  readonly from: 'LIVEKIT_URL' | 'url';
  token(): string;
}

type AccessTo = (action: Action, room: string) => Access | Promise<Access>;

/**
 * Acts on rooms and participants. Every method rejects with a {@link LivekitException}.
 *
 * @example
 * ```ts
 * import { RoomService } from 'livekit-edge/server';
 *
 * const settings = { LIVEKIT_API_KEY: 'devkey', LIVEKIT_API_SECRET: 'secret', LIVEKIT_URL: 'ws://127.0.0.1:7880' };
 * await RoomService.fromEnv(settings).removeParticipant('channel-abc123', 'user-456');
 * ```
 */
export class RoomService {
  readonly #access: AccessTo;
  readonly #send: Send;

  constructor(options: RoomServiceOptions);
  /** @internal */
  constructor(options: { access: AccessTo });
  constructor(options: RoomServiceOptions | { access: AccessTo }) {
    const isOfRules = Object.hasOwn(options, 'access');
    this.#access = isOfRules
      ? (options as { access: AccessTo }).access
      : accessOfOptions(options as RoomServiceOptions);
    const { fetch: send = (address, init) => fetch(address, init) } = options as RoomServiceOptions;
    this.#send = send;
  }

  /**
   * Reads the settings LIVEKIT_* by name from an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. With
   * several servers a call goes to the one that the room is on; pass the `chooseServer` of the endpoint, if it has one.
   */
  static fromEnv(env: object, { chooseServer }: { chooseServer?: ChooseServer } = {}): RoomService {
    const rules = createRules(serviceSettings(env));
    const log = createLog(textSettings(env, ['LOG_LEVEL'])['LOG_LEVEL']);
    return roomServiceOf(rules, (room) => chosenServer(chooseServer, room, log));
  }

  /**
   * Mutes or unmutes every audio track that a participant publishes, whatever its source. One call changes at most 64
   * tracks, first those that are not in that state yet; if more are not, it throws 502: call it again, or remove the
   * participant. A participant without audio is no error; a track that is published during the call may be missed, and a
   * muted participant may unmute itself. A server allows unmuting only with `room.enable_remote_unmute`; otherwise this
   * throws 409.
   */
  async muteParticipant(room: string, identity: string, muted: boolean): Promise<void> {
    await this.muteConnection(room, identity, muted);
  }

  /**
   * As {@link muteParticipant}; returns the sid of the connection that was muted, if the response has one.
   * @internal
   */
  async muteConnection(room: string, identity: string, muted: boolean): Promise<string | undefined> {
    const failed = failure('Failed to mute participant');
    return this.#call(room, failed, async (post) => {
      const participant = await post('GetParticipant', { room, identity });
      const tracks = audioOf(participant, identity, muted);
      if (tracks === undefined) throw failed('livekit_garbage');
      const mute = (track_sid: string) => post('MutePublishedTrack', { room, identity, track_sid, muted });
      const { pending, done } = tracks;
      // An error of one track must not leave the others unmuted.
      const outcomes = await settleAll([...pending, ...done].slice(0, MAX_TRACKS), TRACKS_AT_A_TIME, mute);
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      if (pending.length > MAX_TRACKS) throw failed('livekit_too_many_tracks');
      const { sid } = participant;
      return typeof sid === 'string' && sid !== '' ? sid : undefined;
    });
  }

  /** Disconnects a participant, who can join again while the token is valid. */
  async removeParticipant(room: string, identity: string): Promise<void> {
    await this.#call(room, failure('Failed to remove participant'), async (post) => {
      await post('RemoveParticipant', { room, identity });
    });
  }

  /**
   * Creates a room, or changes an existing one. `configuration` is the JSON of a `RoomConfiguration`; its `name` is that of a
   * configuration in the server's own `room_configurations`, which it completes.
   */
  async createRoom(room: string, configuration: object = {}): Promise<void> {
    const failed = failure('Failed to create room');
    // A message of `@livekit/protocol` becomes its JSON. Without a prototype: a property of `Object.prototype` is no preset.
    const fields: Json = Object.assign(Object.create(null), snapshot(configuration));
    const { name: preset } = fields;
    if (typeof preset === 'string' && preset !== '') fields['roomPreset'] ??= preset;
    await this.#call(
      room,
      failed,
      async (post) => {
        const created = await post('CreateRoom', { ...fields, name: room });
        if (created['name'] !== room) throw failed('livekit_garbage');
      },
      'create',
    );
  }

  async #call<Result>(
    room: string,
    failed: Failure,
    work: (post: Post) => Promise<Result>,
    action: Action = 'administer',
  ): Promise<Result> {
    const { url, from, token } = await this.#access(action, room);
    const base = apiUrl(url);
    if (base === undefined) throw noUrl(url, from);
    // Called as a method, the global fetch of Workers throws.
    const send = this.#send;
    const stop = new AbortController();
    const api = { send, url: base, token: token(), signal: stop.signal };
    const post: Post = async (method, body) => {
      const { status, json, isTooLarge } = await callRoomService(api, method, body).catch(() => {
        throw failed('livekit_unreachable');
      });
      if (status !== 200) throw refusal(json?.['code'], body) ?? failed('livekit_refused');
      if (isTooLarge) throw failed('livekit_too_large');
      if (json === undefined) throw failed('livekit_garbage');
      return json;
    };
    return await withTimeout<Result>(
      TIMEOUT_MS,
      () => work(post),
      () => {
        // The signal alone is not enough: an application's `fetch` may ignore it.
        stop.abort();
        throw tooSlow();
      },
    );
  }
}

const accessOfOptions =
  ({ url, adminToken, createRoomToken }: RoomServiceOptions): AccessTo =>
  (action, room) => {
    const tokenFor = action === 'create' ? createRoomToken : adminToken;
    if (tokenFor === undefined) throw createException('not_configured', NOT_CONFIGURED, { path: 'createRoomToken' });
    return { url, from: 'url', token: () => tokenFor(room) };
  };

const NOT_CONFIGURED = 'LiveKit credentials not configured';

/** The error of a URL that is unset, as for every setting, or that `fetch` could not use. */
function noUrl(url: unknown, path: Access['from']): LivekitException {
  const isUnset = typeof url === 'string' ? url.trim() === '' : url === undefined || url === null;
  const message = isUnset ? NOT_CONFIGURED : 'LiveKit URL invalid';
  return createException('not_configured', message, { reason: isUnset ? 'missing_url' : 'invalid_url', path });
}

/**
 * Calls the server of a room, or the one that `serverOf` names, with the credentials of the rules.
 * @internal
 */
export const roomServiceOf = (
  rules: Rules,
  serverOf: (room: string) => string | undefined | Promise<string | undefined> = () => undefined,
): RoomService =>
  new RoomService({
    access: async (action, room) => {
      const server = await serverOf(room);
      const { url, token } = rules.call((rules) =>
        action === 'create' ? rules.createRoom(room, server) : rules.administerRoom(room, server),
      );
      return { url, from: 'LIVEKIT_URL', token: () => token };
    },
  });

/** As `Promise.allSettled` of `work` for each item, with at most `atATime` in progress. */
async function settleAll<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const outcomes: PromiseSettledResult<R>[] = [];
  for (let at = 0; at < items.length; at += atATime) {
    outcomes.push(...(await Promise.allSettled(items.slice(at, at + atATime).map(work))));
  }
  return outcomes;
}

/** Why a call failed: for the log, and never for the client. */
type Reason =
  | 'livekit_unreachable'
  | 'livekit_refused'
  | 'livekit_too_large'
  | 'livekit_garbage'
  | 'livekit_too_many_tracks';
type Failure = (reason: Reason) => LivekitException;

function failure(message: string): Failure {
  return (reason) => createException('livekit_unavailable', message, { reason });
}

const tooSlow = () => createException('livekit_timeout', 'LiveKit did not answer in time');

/** The exception for an error code of Twirp that the caller needs to know. A wrong URL is 404 too, with another code. */
function refusal(code: unknown, request: Json): LivekitException | undefined {
  if (code === 'not_found' && 'identity' in request) {
    return createException('participant_not_found', 'Participant not found');
  }
  if (code === 'failed_precondition' && request['muted'] === false) {
    return createException('unmute_not_allowed', 'LiveKit does not allow to unmute a participant');
  }
  if (code === 'deadline_exceeded') return tooSlow();
  return undefined;
}

/**
 * The sids of the audio tracks of a `livekit.ParticipantInfo`: `pending` are to be changed, `done` are in that state;
 * `undefined` if it is malformed or of another participant. A track of another type counts as audio if the codec that the
 * server sees is one of audio: the publisher chooses type and source.
 */
function audioOf(
  participant: Json,
  identity: string,
  muted: boolean,
): Record<'pending' | 'done', string[]> | undefined {
  const tracks = participant['tracks'] ?? [];
  if (participant['identity'] !== identity || !Array.isArray(tracks)) return undefined;
  const audio = tracks.filter((track) => !SILENT.includes(track?.type) || /^audio\//i.test(track?.mime_type));
  if (!audio.every((track) => typeof track?.sid === 'string' && track.sid !== '')) return undefined;
  const isDone = (track: { muted?: unknown }) => (track.muted === true) === muted;
  const sids = (tracks: { sid: string }[]) => tracks.map(({ sid }) => sid);
  return { pending: sids(audio.filter((track) => !isDone(track))), done: sids(audio.filter(isDone)) };
}
