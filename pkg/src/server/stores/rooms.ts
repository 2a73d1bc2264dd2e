/** The part of a store for sync: kinds of rooms, and rooms of a user. */

/** Kind of a room: a channel, or a group of direct messages. */
export type RoomKind = 'channel' | 'group';

/** A room that a user may be in. */
export interface UserRoom {
  /** The room. */
  room: unknown;
  /** Identity that the user has there, or got a token with. */
  identity: unknown;
}

/** Finds rooms. Without these methods there is no sync. */
export interface RoomsStore {
  /** Returns the kind of a room; `null` if it is neither. An id of both is a channel. */
  roomKind?(room: string): Promise<RoomKind | null>;
  /**
   * Returns the rooms that a user may be in: by presence, and by tokens that the user got with another identity. At
   * most `limit` rooms; those where the identity is present come first.
   */
  roomsOfUser?(userId: string, limit: number): Promise<UserRoom[]>;
}

/** True if a store has the methods for sync. */
export const findsRooms = ({ roomKind, roomsOfUser }: RoomsStore): boolean =>
  roomKind !== undefined && roomsOfUser !== undefined;
