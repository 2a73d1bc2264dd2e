/** permission → claims → token. */
import { field } from '../arguments.js';
import { createException } from '../exception.js';
import { jsonText } from '../snapshot.js';
import { type TokenResponse, tokenResponse } from '../token-response.js';
import type { Endpoint } from './endpoint.js';
import { roomServiceOf } from './livekit/room-service.js';
import { chosenServer } from './livekit/servers.js';

/**
 * Issues the token of a permission for `room`. Throws 500 with the field's name in the log for a permission that is not for
 * this room, has a privileged grant that is not allowed, or that LiveKit would reject; 502 and 504 where its room
 * cannot be created.
 */
export async function issue(permission: unknown, room: string, endpoint: Endpoint): Promise<TokenResponse> {
  const { service, allowGrants, chooseServer, log } = endpoint;
  const text = permissionText(permission);
  const isAsked = chooseServer !== undefined && !namesServer(text);
  const server = isAsked ? await chosenServer(chooseServer, room, log) : undefined;
  const issued = service.call((rules) => rules.issue(text, room, server, [...allowGrants]));
  if (service.description.createRooms) await createRoom(text, server, endpoint);
  return tokenResponse(issued, issued, issued);
}

/**
 * Creates the room of a permission, as JSON that the rules accepted, with its configuration; `chosen` is the server unless the
 * permission names one. Throws 502 and 504, after which no token may be returned.
 */
async function createRoom(permission: string, chosen: string | undefined, { service }: Endpoint): Promise<void> {
  const { room, server, roomConfig } = parseOwn(permission);
  await roomServiceOf(service, () => server ?? chosen).createRoom(room, roomConfig ?? {});
}

/** Whether a permission names its server, so that the application is not asked for another. The rules check the name. */
function namesServer(permission: string): boolean {
  const fields: unknown = permission === '' ? null : JSON.parse(permission);
  const server = typeof fields === 'object' && fields !== null ? field(fields, 'server') : undefined;
  return server !== undefined && server !== null;
}

/** An object of JSON that the rules accepted, without a prototype: a property of `Object.prototype` is no field. */
export const parseOwn = (text: string) => Object.setPrototypeOf(JSON.parse(text), null);

/** A copy as JSON: what is checked is what is signed, whatever its getters do. */
export function permissionText(permission: unknown): string {
  try {
    return jsonText(permission);
  } catch {
    throw createException('grant_refused', 'Failed to generate token', { reason: 'exception' });
  }
}
