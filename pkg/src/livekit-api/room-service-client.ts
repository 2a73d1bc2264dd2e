/** Client of LiveKit's room API, with the API of LiveKit's SDK. */
import {
  CreateRoomRequest,
  type DataPacket_Kind,
  DeleteRoomRequest,
  ForwardParticipantRequest,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  MoveParticipantRequest,
  MuteRoomTrackRequest,
  MuteRoomTrackResponse,
  ParticipantInfo,
  ParticipantPermission,
  Room,
  RoomParticipantIdentity,
  SendDataRequest,
  type TrackInfo,
  UpdateParticipantRequest,
  UpdateRoomMetadataRequest,
  UpdateSubscriptionsRequest,
} from '@livekit/protocol';
import { createException } from '../exception.js';
import type { ClientOptions } from './client-options.js';
import { invalidAnswer } from './failures.js';
import { type Optional, parseMessage, picked, requireBytes } from './messages.js';
import type {
  CreateOptions,
  RemoveParticipantOptions,
  SendDataOptions,
  UpdateParticipantOptions,
} from './room-service-options.js';
import { ServiceClient } from './service-client.js';

/** Length in bytes of the nonce of a data message, by which receivers recognize duplicates. */
const NONCE_BYTES = 16;

/**
 * Manages rooms and participants. Every method rejects with a `LivekitException`: a {@link ServerError} if the call
 * failed. For each call a token is signed, valid for ten minutes, with the grants that the method needs.
 *
 * @example
 * ```ts
 * import { RoomServiceClient, ServerError } from 'livekit-edge';
 *
 * const rooms = new RoomServiceClient('wss://livekit.example.com', 'devkey', 'secret');
 *
 * export async function kick(room: string, identity: string) {
 *   try {
 *     await rooms.removeParticipant(room, identity, { revokeTokenTs: BigInt(Math.floor(Date.now() / 1000)) });
 *   } catch (error) {
 *     if (!(error instanceof ServerError && error.code === 'not_found')) throw error;
 *   }
 * }
 * ```
 */
export class RoomServiceClient extends ServiceClient {
  /**
   * @param host - URL of the server: ws, wss, http or https
   * @param apiKey - the default is `LIVEKIT_API_KEY` of the environment
   * @param secret - the default is `LIVEKIT_API_SECRET` of the environment
   * @throws {@link LivekitException} if the URL is invalid, or key or secret are missing and there is no `token`
   */
  constructor(host: string, apiKey?: string, secret?: string, options?: ClientOptions) {
    super('RoomService', host, apiKey, secret, options);
  }

  /** Creates a room, or changes the settings of a running one. */
  async createRoom(options: CreateOptions): Promise<Room> {
    const answer = await this.call('CreateRoom', { roomCreate: true }, () => {
      const request = new CreateRoomRequest(options);
      return hasName(request.name, request);
    });
    return parseMessage(Room, answer);
  }

  /** Lists the running rooms, or only those with these names. */
  async listRooms(names: string[] = []): Promise<Room[]> {
    const answer = await this.call('ListRooms', { roomList: true }, () => new ListRoomsRequest({ names }));
    return parseMessage(ListRoomsResponse, answer).rooms;
  }

  /** Ends a room and disconnects all participants. */
  async deleteRoom(room: string): Promise<void> {
    await this.call('DeleteRoom', { roomCreate: true }, () => hasName(room, new DeleteRoomRequest({ room })));
  }

  /** Replaces the metadata of a room. */
  async updateRoomMetadata(room: string, metadata: string): Promise<Room> {
    const request = () => new UpdateRoomMetadataRequest({ room, metadata });
    return parseMessage(Room, await this.call('UpdateRoomMetadata', { roomAdmin: true, room }, request));
  }

  /** Lists the participants of a room, including recorders and hidden ones; none if the room is not running. */
  async listParticipants(room: string): Promise<ParticipantInfo[]> {
    const request = () => new ListParticipantsRequest({ room });
    const answer = await this.call('ListParticipants', { roomAdmin: true, room }, request);
    return parseMessage(ListParticipantsResponse, answer).participants;
  }

  /** Returns a participant and the published tracks. */
  async getParticipant(room: string, identity: string): Promise<ParticipantInfo> {
    const request = () => new RoomParticipantIdentity({ room, identity });
    return parseMessage(ParticipantInfo, await this.call('GetParticipant', { roomAdmin: true, room }, request));
  }

  /**
   * Disconnects a participant, who can join again while its token is valid. LiveKit Cloud also revokes the participant's
   * tokens with an `nbf` before `revokeTokenTs`; a self-hosted server ignores it.
   */
  async removeParticipant(room: string, identity: string, options?: RemoveParticipantOptions): Promise<void> {
    const request = () => new RoomParticipantIdentity({ room, identity, ...picked(options, ['revokeTokenTs']) });
    await this.call('RemoveParticipant', { roomAdmin: true, room }, request);
  }

  /**
   * Forwards a participant's tracks to another room (LiveKit Cloud), until the participant leaves this room or is
   * removed from the other.
   */
  async forwardParticipant(room: string, identity: string, destinationRoom: string): Promise<void> {
    const request = () => new ForwardParticipantRequest({ room, identity, destinationRoom });
    await this.call('ForwardParticipant', { roomAdmin: true, room, destinationRoom }, request);
  }

  /** Moves a participant to another room (LiveKit Cloud). */
  async moveParticipant(room: string, identity: string, destinationRoom: string): Promise<void> {
    const request = () => new MoveParticipantRequest({ room, identity, destinationRoom });
    await this.call('MoveParticipant', { roomAdmin: true, room, destinationRoom }, request);
  }

  /** Mutes or unmutes a track. Unmuting requires the server's setting `room.enable_remote_unmute`. */
  async mutePublishedTrack(room: string, identity: string, trackSid: string, muted: boolean): Promise<TrackInfo> {
    const request = () => new MuteRoomTrackRequest({ room, identity, trackSid, muted });
    const answer = await this.call('MutePublishedTrack', { roomAdmin: true, room }, request);
    const { track } = parseMessage(MuteRoomTrackResponse, answer);
    if (track === undefined) throw invalidAnswer('livekit_garbage');
    return track;
  }

  /** Changes the fields of a participant that are set. `permission` replaces all permissions. */
  async updateParticipant(room: string, identity: string, options: UpdateParticipantOptions): Promise<ParticipantInfo>;
  /** Changes the fields of a participant that are set. `permission` replaces all permissions. */
  async updateParticipant(
    room: string,
    identity: string,
    metadata?: string,
    permission?: Partial<ParticipantPermission>,
    name?: string,
  ): Promise<ParticipantInfo>;
  async updateParticipant(
    room: string,
    identity: string,
    metadataOrOptions?: string | UpdateParticipantOptions,
    onlyPermission?: Partial<ParticipantPermission>,
    onlyName?: string,
  ): Promise<ParticipantInfo> {
    const answer = await this.call('UpdateParticipant', { roomAdmin: true, room }, () => {
      const options: Optional<UpdateParticipantOptions> =
        typeof metadataOrOptions === 'object'
          ? metadataOrOptions
          : { metadata: metadataOrOptions, permission: onlyPermission, name: onlyName };
      const { permission } = options;
      return new UpdateParticipantRequest({
        room,
        identity,
        ...picked(options, ['metadata', 'name', 'attributes']),
        ...(permission && { permission: new ParticipantPermission(permission) }),
      });
    });
    return parseMessage(ParticipantInfo, answer);
  }

  /** Subscribes a participant to tracks, or unsubscribes. */
  async updateSubscriptions(room: string, identity: string, trackSids: string[], subscribe: boolean): Promise<void> {
    const request = () => new UpdateSubscriptionsRequest({ room, identity, trackSids, subscribe });
    await this.call('UpdateSubscriptions', { roomAdmin: true, room }, request);
  }

  /** Sends data to the participants with these identities or sids, or to all. */
  async sendData(room: string, data: Uint8Array, kind: DataPacket_Kind, options: SendDataOptions): Promise<void>;
  /** Sends data to the participants with these sids, or to all. */
  async sendData(room: string, data: Uint8Array, kind: DataPacket_Kind, destinationSids?: string[]): Promise<void>;
  async sendData(
    room: string,
    data: Uint8Array,
    kind: DataPacket_Kind,
    options: SendDataOptions | string[] = {},
  ): Promise<void> {
    await this.call('SendData', { roomAdmin: true, room }, () => {
      const to: SendDataOptions = Array.isArray(options) ? { destinationSids: options } : options;
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const fields = picked(to, ['destinationIdentities', 'destinationSids', 'topic']);
      return new SendDataRequest({ room, data: requireBytes(data), kind, nonce, ...fields });
    });
  }
}

/** Returns the request, or throws if the room has no name: LiveKit's server would create a room with the name `''`. */
function hasName<T>(room: string, request: T): T {
  if (room === '') throw createException('invalid_request', 'The name of the room is required');
  return request;
}
