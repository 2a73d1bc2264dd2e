/** Issues the token of a permission. */
import { field } from '../arguments.js';
import { createException } from '../exception.js';
import { jsonText } from '../snapshot.js';
import { type TokenResponse, tokenResponse } from '../token-response.js';
import type { Endpoint } from './endpoint.js';
import { createRoomService } from './livekit/room-service.js';
import { chosenServer } from './livekit/servers.js';

/**
 * Issues the token of a permission for `room`. Throws 500 for a permission that is for another room, has a privileged
 * grant that is not allowed, or would be rejected by LiveKit; the name of the field is logged. Throws 502 or 504 if the
 * room cannot be created.
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
 * Creates the room of a permission with its configuration. `permission` is JSON that the rules accepted. `chosen` is
 * the server, unless the permission names one. Throws 502 or 504; then no token may be returned.
 */
async function createRoom(permission: string, chosen: string | undefined, { service }: Endpoint): Promise<void> {
  const { room, server, roomConfig } = parseOwn(permission);
  await createRoomService(service, () => server ?? chosen).createRoom(room, roomConfig ?? {});
}

/** True if a permission names its server, so that `chooseServer` is not called. The rules check the name. */
function namesServer(permission: string): boolean {
  const fields: unknown = permission === '' ? null : JSON.parse(permission);
  const server = typeof fields === 'object' && fields !== null ? field(fields, 'server') : undefined;
  return server !== undefined && server !== null;
}

/**
 * Parses JSON that the rules accepted into an object without a prototype, so that properties of `Object.prototype` do
 * not count as fields.
 */
export const parseOwn = (text: string) => Object.setPrototypeOf(JSON.parse(text), null);

/** Serializes a permission once, so that its getters cannot change it between check and signature. */
export function permissionText(permission: unknown): string {
  try {
    return jsonText(permission);
  } catch {
    throw createException('grant_refused', 'Failed to generate token', { reason: 'exception' });
  }
}
