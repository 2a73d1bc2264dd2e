/** Client of LiveKit's RoomService that sends JSON, without `@livekit/protocol`. */
import { serviceSettings } from '../../config.js';
import { createException, LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import { snapshot } from '../../snapshot.js';
import { call } from '../../wasm/instance.js';
import { ignoreError } from '../errors.js';
import { createLogFrom } from '../log.js';
import { mapAtATime } from '../map-at-a-time.js';
import { createRules, type Rules } from '../rules.js';
import { type AccessTo, accessByRules, type Calls, createCalls, failure, NOT_CONFIGURED, type Post } from './calls.js';
import {
  findAudioTracks,
  type LivekitParticipant,
  type LivekitRoom,
  parseParticipants,
  parseRooms,
} from './room-messages.js';
import { type ChooseServer, chosenServer } from './servers.js';

/** Options of {@link RoomService}. */
export interface RoomServiceOptions {
  /** URL of LiveKit's server, as in `LIVEKIT_URL`: ws, wss, http or https, with or without a path. */
  url: string | undefined;
  /** Issues a token with `roomAdmin` for one room. Its errors are thrown unchanged. */
  adminToken: (room: string) => string;
  /** Issues a token with `roomCreate`, for {@link RoomService.createRoom}. Its errors are thrown unchanged. */
  createRoomToken?: (room: string) => string;
  /** Issues a token with `roomList`, for {@link RoomService.findRoom}. Its errors are thrown unchanged. */
  listRoomsToken?: (room: string) => string;
  /** Sends the requests; the default is the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * Maximum number of tracks that one call mutes, and maximum concurrency. A participant may publish thousands of tracks.
 */
const MAX_TRACKS = 64;
const TRACKS_AT_A_TIME = 8;

/**
 * Manages rooms and participants. Every method rejects with a {@link LivekitException}.
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
  readonly #calls: Calls;

  constructor(options: RoomServiceOptions);
  /** @internal */
  constructor(options: { access: AccessTo });
  constructor(options: RoomServiceOptions | { access: AccessTo }) {
    const isOfRules = Object.hasOwn(options, 'access');
    const access = isOfRules
      ? (options as { access: AccessTo }).access
      : accessOfOptions(options as RoomServiceOptions);
    // A function, because the global `fetch` of Workers throws if it is called as a method.
    const { fetch: send = (address, init) => fetch(address, init) } = options as RoomServiceOptions;
    this.#calls = createCalls(access, (address, init) => send(address, init));
  }

  /**
   * Creates a client from the settings LIVEKIT_* of an environment: a Worker's `env`, `process.env`,
   * `Deno.env.toObject()`. With several servers, a call goes to the server of the room; pass `chooseServer` if the
   * endpoint has it.
   */
  static fromEnv(env: object, { chooseServer }: { chooseServer?: ChooseServer } = {}): RoomService {
    const rules = createRules(serviceSettings(env));
    const log = createLogFrom(env);
    return createRoomService(rules, (room) => chosenServer(chooseServer, room, log));
  }

  /**
   * Mutes or unmutes every published audio track of a participant, of any source. A participant without audio is no
   * error. One call changes at most 64 tracks. If more must be changed, it throws 502: call it again, or remove the
   * participant. A track that is published during the call may be missed, and participants can unmute themselves.
   * Unmuting requires the server's setting `room.enable_remote_unmute`; otherwise this throws 409.
   */
  async muteParticipant(room: string, identity: string, muted: boolean): Promise<void> {
    await this.muteConnection(room, identity, muted);
  }

  /**
   * As {@link muteParticipant}; returns the sid of the muted connection, if the response contains it.
   * @internal
   */
  async muteConnection(room: string, identity: string, muted: boolean): Promise<string | undefined> {
    const failed = failure('Failed to mute participant');
    return this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const participant = await post('GetParticipant', { room, identity });
      const tracks = findAudioTracks(participant, identity, muted);
      if (tracks === undefined) throw failed('livekit_garbage');
      const mute = (track_sid: string) => post('MutePublishedTrack', { room, identity, track_sid, muted });
      const { pending, done } = tracks;
      // After an error of one track the others are still muted.
      const errors = await mapAtATime([...pending, ...done].slice(0, MAX_TRACKS), TRACKS_AT_A_TIME, (sid) =>
        mute(sid).then(
          () => undefined,
          (error: unknown) => ({ error }),
        ),
      );
      for (const failure of errors) if (failure !== undefined) throw failure.error;
      if (pending.length > MAX_TRACKS) throw failed('livekit_too_many_tracks');
      const { sid } = participant;
      return typeof sid === 'string' && sid !== '' ? sid : undefined;
    });
  }

  /**
   * Disconnects a participant, who can join again while the token is valid. LiveKit Cloud also revokes the
   * participant's tokens whose `nbf` is before `revokeTokenTs` (Unix seconds); a self-hosted server ignores it.
   */
  async removeParticipant(room: string, identity: string, revokeTokenTs?: number): Promise<void> {
    await this.#remove(room, identity, revokeTokenTs);
  }

  /**
   * As {@link removeParticipant}, for a moderator. For a recorder it rejects with `participant_not_found`. A
   * participant who is not found is removed too, so that LiveKit Cloud revokes the tokens of one who has left.
   * @internal
   */
  async removeUnlessRecorder(room: string, identity: string, revokeTokenTs?: number): Promise<void> {
    await this.#remove(room, identity, revokeTokenTs, async (post) => {
      // A participant who makes this response too large is removed too.
      const { kind } = await post('GetParticipant', { room, identity }).catch(emptyUnlessFailed);
      const text = JSON.stringify({ kind });
      if (call((wasm) => wasm.isRecorder(text)) === true) throw participantNotFound();
    });
  }

  async #remove(
    room: string,
    identity: string,
    revokeTokenTs: number | undefined,
    check: (post: Post) => Promise<void> = async () => {},
  ): Promise<void> {
    const failed = failure('Failed to remove participant');
    const revocation = revokeTokenTs === undefined ? {} : { revoke_token_ts: `${revokeTokenTs}` };
    await this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      await check(post);
      await post('RemoveParticipant', { room, identity, ...revocation });
    });
  }

  /** Replaces the permissions of a participant. `permission` is the complete JSON of a `ParticipantPermission`. */
  async updatePermission(room: string, identity: string, permission: object): Promise<void> {
    const failed = failure('Failed to update participant');
    await this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const updated = await post('UpdateParticipant', { room, identity, permission });
      if (updated['identity'] !== identity) throw failed('livekit_garbage');
    });
  }

  /** Lists the participants of a room; none if the room is not running. */
  async listParticipants(room: string): Promise<LivekitParticipant[]> {
    const failed = failure('Failed to list participants');
    return this.#calls({ action: 'administer', room, failed }, async (post) => {
      const participants = parseParticipants(await post('ListParticipants', { room }));
      if (participants === undefined) throw failed('livekit_garbage');
      return participants;
    });
  }

  /**
   * Returns a participant; `undefined` if the room has no participant with the identity.
   * @internal
   */
  async findParticipant(room: string, identity: string): Promise<LivekitParticipant | undefined> {
    const failed = failure('Failed to find participant');
    const found = this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const [found] = parseParticipants({ participants: [await post('GetParticipant', { room, identity })] }) ?? [];
      if (found?.identity !== identity) throw failed('livekit_garbage');
      return found;
    });
    return ignoreError('participant_not_found', found);
  }

  /** Returns a room; `undefined` if it is not running. */
  async findRoom(room: string): Promise<LivekitRoom | undefined> {
    const failed = failure('Failed to list rooms');
    return this.#calls({ action: 'list', room, failed }, async (post) => {
      const [found, ...others] = parseRooms(await post('ListRooms', { names: [room] })) ?? [null, null];
      if (found === null || others.length > 0 || (found !== undefined && found.name !== room)) {
        throw failed('livekit_garbage');
      }
      return found;
    });
  }

  /** Ends a room and disconnects all participants. Rejects with `room_not_found` (404) if it is not running. */
  async deleteRoom(room: string): Promise<void> {
    const failed = failure('Failed to end room');
    const refusal = (code: unknown) =>
      code === 'not_found' ? createException('room_not_found', 'Room not found') : undefined;
    await this.#calls({ action: 'create', room, failed, refusal }, (post) => post('DeleteRoom', { room }));
  }

  /**
   * Creates a room, or changes an existing one. `configuration` is the JSON of a `RoomConfiguration`. Its `name` is the
   * name of an entry in the server's `room_configurations`, whose values are the defaults.
   */
  async createRoom(room: string, configuration: object = {}): Promise<void> {
    const failed = failure('Failed to create room');
    // A message of `@livekit/protocol` becomes its JSON. Without a prototype, because `Object.prototype` could have
    // properties.
    const fields: Json = Object.assign(Object.create(null), snapshot(configuration));
    const { name: preset } = fields;
    if (typeof preset === 'string' && preset !== '') fields['roomPreset'] ??= preset;
    await this.#calls({ action: 'create', room, failed }, async (post) => {
      const created = await post('CreateRoom', { ...fields, name: room });
      if (created['name'] !== room) throw failed('livekit_garbage');
    });
  }
}

const accessOfOptions =
  ({ url, adminToken, createRoomToken, listRoomsToken }: RoomServiceOptions): AccessTo =>
  (action, room) => {
    const tokens = { administer: adminToken, create: createRoomToken, list: listRoomsToken, record: undefined };
    const tokenFor = tokens[action];
    if (tokenFor === undefined) {
      const path = action === 'list' ? 'listRoomsToken' : 'createRoomToken';
      throw createException('not_configured', NOT_CONFIGURED, { path });
    }
    return { url, from: 'url', token: () => tokenFor(room) };
  };

/**
 * Creates a client with the credentials of the rules. It calls the server that `serverFor` names, else the server of the
 * room.
 * @internal
 */
export const createRoomService = (
  rules: Rules,
  serverFor: (room: string) => string | undefined | Promise<string | undefined> = () => undefined,
): RoomService => new RoomService({ access: accessByRules(rules, serverFor) });

/** Creates the exception for Twirp codes that get their own status. A wrong URL is also 404, but with another code. */
function refusal(code: unknown, request: Json): LivekitException | undefined {
  if (code === 'not_found' && 'identity' in request) {
    return participantNotFound();
  }
  if (code === 'failed_precondition' && request['muted'] === false) {
    return createException('unmute_not_allowed', 'LiveKit does not allow to unmute a participant');
  }
  return undefined;
}

const participantNotFound = () => createException('participant_not_found', 'Participant not found');

/** Returns an empty object if the participant is not found or the response could not be parsed; throws other errors. */
function emptyUnlessFailed(error: unknown): Json {
  const { code, reason } = error instanceof LivekitException ? error : { code: undefined, reason: undefined };
  if (code === 'participant_not_found' || reason === 'livekit_too_large' || reason === 'livekit_garbage') return {};
  throw error;
}
