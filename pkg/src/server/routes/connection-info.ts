/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../token-response.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { admit } from '../rbac/authorize.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  return context.json(connectionInfoOf(endpoint.service.description));
}
