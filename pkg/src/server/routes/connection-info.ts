/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../service.js';
import type { LivekitContext } from '../app.js';
import { authenticate } from '../authenticate.js';
import { admit } from '../authorize.js';
import { limitUser } from '../rate-limit.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const caller = authenticate(context, endpoint);
  await limitUser(context, caller);
  await admit(caller, endpoint);
  return context.json(connectionInfoOf(endpoint.service));
}
