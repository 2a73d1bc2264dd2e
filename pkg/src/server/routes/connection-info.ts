/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../token-response.js';
import type { LivekitContext } from '../app.js';
import { admit } from '../authorize.js';
import { callerOf } from '../caller.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  return context.json(connectionInfoOf(endpoint.service));
}
