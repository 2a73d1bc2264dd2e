/** The part of a store that sync needs: what a room is, and the rooms of a user. */

/** What a room is: a channel, or a group of direct messages. */
export type RoomKind = 'channel' | 'group';

/** A room that a user may be in. */
export interface UserRoom {
  /** The room. */
  room: unknown;
  /** The identity that the user has there, or got a token for. */
  identity: unknown;
}

/** Finds rooms. Without these methods there is no sync. */
export interface RoomsStore {
  /** What a room is; `null` if it is neither. An id of both is a channel. */
  roomKind?(room: string): Promise<RoomKind | null>;
  /**
   * The rooms that a user is in, by presence and by the tokens that were issued to the user for another identity: at most
   * `limit`, those in which the identity is present first.
   */
  roomsOfUser?(userId: string, limit: number): Promise<UserRoom[]>;
}

/** Whether a store finds rooms. */
export const findsRooms = ({ roomKind, roomsOfUser }: RoomsStore): boolean =>
  roomKind !== undefined && roomsOfUser !== undefined;
