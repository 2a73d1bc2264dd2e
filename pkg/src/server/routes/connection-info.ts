/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../token-response.js';
import { admit } from '../authorize.js';
import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { respondJson } from '../http/respond.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  return respondJson(context, connectionInfoOf(endpoint.service.description));
}
