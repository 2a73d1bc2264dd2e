/** LiveKit's RoomService. */
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
import { audioOf, type LivekitParticipant, type LivekitRoom, participantsOf, roomsOf } from './room-messages.js';
import { type ChooseServer, chosenServer } from './servers.js';

/** Options of {@link RoomService}. */
export interface RoomServiceOptions {
  /** URL of LiveKit's server, as in `LIVEKIT_URL`: ws, wss, http or https, with or without a path. */
  url: string | undefined;
  /** Issues a token with `roomAdmin` for that one room; its errors are passed on. */
  adminToken: (room: string) => string;
  /** Issues a token with `roomCreate`, for {@link RoomService.createRoom}; its errors are passed on. */
  createRoomToken?: (room: string) => string;
  /** Issues a token with `roomList`, for {@link RoomService.findRoom}; its errors are passed on. */
  listRoomsToken?: (room: string) => string;
  /** Sends the requests; the default is the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Maximum number of tracks that one call mutes, and of those at a time: a participant may publish thousands. */
const MAX_TRACKS = 64;
const TRACKS_AT_A_TIME = 8;

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
  readonly #calls: Calls;

  constructor(options: RoomServiceOptions);
  /** @internal */
  constructor(options: { access: AccessTo });
  constructor(options: RoomServiceOptions | { access: AccessTo }) {
    const isOfRules = Object.hasOwn(options, 'access');
    const access = isOfRules
      ? (options as { access: AccessTo }).access
      : accessOfOptions(options as RoomServiceOptions);
    // Called as a method, the global fetch of Workers throws.
    const { fetch: send = (address, init) => fetch(address, init) } = options as RoomServiceOptions;
    this.#calls = createCalls(access, (address, init) => send(address, init));
  }

  /**
   * Reads the settings LIVEKIT_* by name from an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. With
   * several servers a call goes to the one that the room is on; pass the `chooseServer` of the endpoint, if it has one.
   */
  static fromEnv(env: object, { chooseServer }: { chooseServer?: ChooseServer } = {}): RoomService {
    const rules = createRules(serviceSettings(env));
    const log = createLogFrom(env);
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
    return this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const participant = await post('GetParticipant', { room, identity });
      const tracks = audioOf(participant, identity, muted);
      if (tracks === undefined) throw failed('livekit_garbage');
      const mute = (track_sid: string) => post('MutePublishedTrack', { room, identity, track_sid, muted });
      const { pending, done } = tracks;
      // An error of one track must not leave the others unmuted.
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
   * Disconnects a participant, who can join again while the token is valid. LiveKit Cloud also revokes the participant's tokens
   * that were issued (`nbf`) before `revokeTokenTs` (Unix seconds); a self-hosted server ignores it.
   */
  async removeParticipant(room: string, identity: string, revokeTokenTs?: number): Promise<void> {
    await this.#remove(room, identity, revokeTokenTs);
  }

  /**
   * As {@link removeParticipant}, for a moderator: a recorder is not there, and rejects with `participant_not_found`.
   * @internal
   */
  async removeUnlessRecorder(room: string, identity: string, revokeTokenTs?: number): Promise<void> {
    await this.#remove(room, identity, revokeTokenTs, async (post) => {
      // A participant must not stay by making this answer too large.
      const { kind } = await post('GetParticipant', { room, identity }).catch(emptyIfUnreadable);
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

  /** Changes what a participant may do: `permission` is the JSON of a `ParticipantPermission`, all of it. */
  async updatePermission(room: string, identity: string, permission: object): Promise<void> {
    const failed = failure('Failed to update participant');
    await this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const updated = await post('UpdateParticipant', { room, identity, permission });
      if (updated['identity'] !== identity) throw failed('livekit_garbage');
    });
  }

  /** The participants of a room; none if it is not running. */
  async listParticipants(room: string): Promise<LivekitParticipant[]> {
    const failed = failure('Failed to list participants');
    return this.#calls({ action: 'administer', room, failed }, async (post) => {
      const participants = participantsOf(await post('ListParticipants', { room }));
      if (participants === undefined) throw failed('livekit_garbage');
      return participants;
    });
  }

  /**
   * A participant; `undefined` if the room has no participant of that identity.
   * @internal
   */
  async findParticipant(room: string, identity: string): Promise<LivekitParticipant | undefined> {
    const failed = failure('Failed to find participant');
    const found = this.#calls({ action: 'administer', room, failed, refusal }, async (post) => {
      const [found] = participantsOf({ participants: [await post('GetParticipant', { room, identity })] }) ?? [];
      if (found?.identity !== identity) throw failed('livekit_garbage');
      return found;
    });
    return ignoreError('participant_not_found', found);
  }

  /** A room; `undefined` if it is not running. */
  async findRoom(room: string): Promise<LivekitRoom | undefined> {
    const failed = failure('Failed to list rooms');
    return this.#calls({ action: 'list', room, failed }, async (post) => {
      const [found, ...others] = roomsOf(await post('ListRooms', { names: [room] })) ?? [null, null];
      if (found === null || others.length > 0 || (found !== undefined && found.name !== room)) {
        throw failed('livekit_garbage');
      }
      return found;
    });
  }

  /** Ends a room: everyone in it is disconnected. Rejects with `room_not_found` (404) if it is not running. */
  async deleteRoom(room: string): Promise<void> {
    const failed = failure('Failed to end room');
    const refusal = (code: unknown) =>
      code === 'not_found' ? createException('room_not_found', 'Room not found') : undefined;
    await this.#calls({ action: 'create', room, failed, refusal }, (post) => post('DeleteRoom', { room }));
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
 * Calls the server of a room, or the one that `serverOf` names, with the credentials of the rules.
 * @internal
 */
export const roomServiceOf = (
  rules: Rules,
  serverOf: (room: string) => string | undefined | Promise<string | undefined> = () => undefined,
): RoomService => new RoomService({ access: accessByRules(rules, serverOf) });

/** The exception for an error code of Twirp that the caller needs to know. A wrong URL is 404 too, with another code. */
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

/** Nothing, in place of an answer that could not be parsed. */
function emptyIfUnreadable(error: unknown): Json {
  const reason = error instanceof LivekitException ? error.reason : undefined;
  if (reason === 'livekit_too_large' || reason === 'livekit_garbage') return {};
  throw error;
}
