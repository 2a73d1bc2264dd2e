/** GET /health: whether the configuration is complete. It never says what is missing: that is in the log. */

import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { admit } from '../rbac/authorize.js';

export async function health(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  const { configured } = endpoint.service.description;
  if (configured) endpoint.log.info('LiveKit configuration validated successfully');
  else endpoint.log.warn('LiveKit configuration incomplete');
  return context.json({ status: configured ? 'healthy' : 'unhealthy', configured });
}
