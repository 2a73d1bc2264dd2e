/** permission → claims → token. */
import { createException } from '../exception.js';
import { jsonText } from '../snapshot.js';
import { type TokenResponse, tokenResponse } from '../token-response.js';
import type { Endpoint } from './endpoint.js';

/**
 * Issues the token of a permission for `room`. Throws 500 with the field's name in the log for a permission that is not for
 * this room, has a privileged grant that is not allowed, or that LiveKit would reject.
 */
export function issue(permission: unknown, room: string, endpoint: Endpoint): TokenResponse {
  const { service, allowGrants } = endpoint;
  const text = permissionText(permission);
  const issued = service.call((rules) => rules.issue(text, room, [...allowGrants]));
  return tokenResponse(service.description, issued, issued);
}

/** A copy as JSON: what is checked is what is signed, whatever its getters do. */
export function permissionText(permission: unknown): string {
  try {
    return jsonText(permission);
  } catch {
    throw createException('grant_refused', 'Failed to generate token', { reason: 'exception' });
  }
}
