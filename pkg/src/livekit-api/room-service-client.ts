/** Rooms and participants, with the names of LiveKit's own SDK. */
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
import { bytesOf, messageOf, type Optional, picked } from './messages.js';
import type {
  CreateOptions,
  RemoveParticipantOptions,
  SendDataOptions,
  UpdateParticipantOptions,
} from './room-service-options.js';
import { ServiceClient } from './service-client.js';

/** Bytes of the number by which receivers recognize a data message that arrives twice. */
const NONCE_BYTES = 16;

/**
 * Acts on rooms and participants. Every method rejects with a `LivekitException`: a {@link ServerError} if the call failed.
 * Each call has a token of its own, valid for ten minutes, with the grants that the method needs.
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
   * @param apiKey - `LIVEKIT_API_KEY` of the environment if undefined
   * @param secret - `LIVEKIT_API_SECRET` of the environment if undefined
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
    return messageOf(Room, answer);
  }

  /** The running rooms, or those of these names. */
  async listRooms(names: string[] = []): Promise<Room[]> {
    const answer = await this.call('ListRooms', { roomList: true }, () => new ListRoomsRequest({ names }));
    return messageOf(ListRoomsResponse, answer).rooms;
  }

  /** Ends a room: disconnects everyone in it. */
  async deleteRoom(room: string): Promise<void> {
    await this.call('DeleteRoom', { roomCreate: true }, () => hasName(room, new DeleteRoomRequest({ room })));
  }

  /** Replaces the metadata of a room. */
  async updateRoomMetadata(room: string, metadata: string): Promise<Room> {
    const request = () => new UpdateRoomMetadataRequest({ room, metadata });
    return messageOf(Room, await this.call('UpdateRoomMetadata', { roomAdmin: true, room }, request));
  }

  /** Those in a room, recorders and hidden participants included; none if it is not running. */
  async listParticipants(room: string): Promise<ParticipantInfo[]> {
    const request = () => new ListParticipantsRequest({ room });
    const answer = await this.call('ListParticipants', { roomAdmin: true, room }, request);
    return messageOf(ListParticipantsResponse, answer).participants;
  }

  /** A participant, with the tracks that it publishes. */
  async getParticipant(room: string, identity: string): Promise<ParticipantInfo> {
    const request = () => new RoomParticipantIdentity({ room, identity });
    return messageOf(ParticipantInfo, await this.call('GetParticipant', { roomAdmin: true, room }, request));
  }

  /**
   * Disconnects a participant, who can join again while its token is valid. LiveKit Cloud also revokes the participant's
   * tokens with an `nbf` before `revokeTokenTs`; a self-hosted server ignores it.
   */
  async removeParticipant(room: string, identity: string, options?: RemoveParticipantOptions): Promise<void> {
    const request = () => new RoomParticipantIdentity({ room, identity, ...picked(options, ['revokeTokenTs']) });
    await this.call('RemoveParticipant', { roomAdmin: true, room }, request);
  }

  /** Shows a participant in another room as well (LiveKit Cloud), until it leaves this one or is removed from that. */
  async forwardParticipant(room: string, identity: string, destinationRoom: string): Promise<void> {
    const request = () => new ForwardParticipantRequest({ room, identity, destinationRoom });
    await this.call('ForwardParticipant', { roomAdmin: true, room, destinationRoom }, request);
  }

  /** Moves a participant to another room (LiveKit Cloud). */
  async moveParticipant(room: string, identity: string, destinationRoom: string): Promise<void> {
    const request = () => new MoveParticipantRequest({ room, identity, destinationRoom });
    await this.call('MoveParticipant', { roomAdmin: true, room, destinationRoom }, request);
  }

  /** Mutes a track, or unmutes it where the server has `room.enable_remote_unmute`. */
  async mutePublishedTrack(room: string, identity: string, trackSid: string, muted: boolean): Promise<TrackInfo> {
    const request = () => new MuteRoomTrackRequest({ room, identity, trackSid, muted });
    const answer = await this.call('MutePublishedTrack', { roomAdmin: true, room }, request);
    const { track } = messageOf(MuteRoomTrackResponse, answer);
    if (track === undefined) throw invalidAnswer('livekit_garbage');
    return track;
  }

  /** Changes the given fields of a participant. `permission` replaces all of the participant's permissions. */
  async updateParticipant(room: string, identity: string, options: UpdateParticipantOptions): Promise<ParticipantInfo>;
  /** Changes the given fields of a participant. `permission` replaces all of the participant's permissions. */
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
    return messageOf(ParticipantInfo, answer);
  }

  /** Subscribes a participant to tracks, or unsubscribes it. */
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
      return new SendDataRequest({ room, data: bytesOf(data), kind, nonce, ...fields });
    });
  }
}

/** The request, if it is for a room: without a name, LiveKit's server creates a room with the name `''`. */
function hasName<T>(room: string, request: T): T {
  if (room === '') throw createException('invalid_request', 'The name of the room is required');
  return request;
}
