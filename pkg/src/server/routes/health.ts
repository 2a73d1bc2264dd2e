/** GET /health: whether the configuration is complete. It never says what is missing: that is in the log. */

import { admittedCallerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';

export async function health(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admittedCallerOf(context);
  const { configured } = endpoint.service.description;
  if (configured) endpoint.log.info('LiveKit configuration validated successfully');
  else endpoint.log.warn('LiveKit configuration incomplete');
  return context.json({ status: configured ? 'healthy' : 'unhealthy', configured });
}
