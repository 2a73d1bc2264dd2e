/** GET /connection-info: where clients connect to. */
import type { LivekitContext } from '../app.js';
import { authenticate } from '../authenticate.js';
import { admit } from '../authorize.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const { service, userTokens, store } = context.get('endpoint');
  await admit(authenticate(context, userTokens), store);
  return context.json(service.getConnectionInfo());
}
