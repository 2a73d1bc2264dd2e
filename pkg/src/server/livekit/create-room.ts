/** The room of a token, created before the token is answered. */
import type { Endpoint } from '../endpoint.js';
import { roomServiceOf } from './room-service.js';

/**
 * Creates the room of a permission, as JSON that the rules accepted, with its configuration, where `LIVEKIT_CREATE_ROOMS` says
 * so; `chosen` is the server unless the permission names one. Throws 502 and 504, after which no token may be answered.
 */
export async function createRoomOf(
  permission: string,
  chosen: string | undefined,
  { service }: Endpoint,
): Promise<void> {
  if (!service.description.createRooms) return;
  const { room, server, roomConfig } = JSON.parse(permission);
  await roomServiceOf(service, () => server ?? chosen).createRoom(room, roomConfig ?? {});
}
