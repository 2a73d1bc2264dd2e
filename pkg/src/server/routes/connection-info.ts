/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../service.js';
import type { LivekitContext } from '../app.js';
import { authenticate } from '../authenticate.js';
import { admit } from '../authorize.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await authenticate(context, endpoint), endpoint);
  return context.json(connectionInfoOf(endpoint.service));
}
