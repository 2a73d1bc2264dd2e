/** The room of a token, created before the token is answered. */
import type { Endpoint } from '../endpoint.js';
import { roomServiceOf } from './room-service.js';

/**
 * Creates the room on its server where `LIVEKIT_CREATE_ROOMS` says so; `server` is its name where the application chose one,
 * and `configuration` the JSON of a `RoomConfiguration`. Throws 502 and 504, after which no token may be answered.
 */
export async function createRoomOf(
  room: string,
  server: string | undefined,
  { service }: Endpoint,
  configuration?: object,
): Promise<void> {
  if (service.description.createRooms) await roomServiceOf(service, () => server).createRoom(room, configuration);
}
