/** GET /health: whether the configuration is complete and valid. The errors are only logged. */

import { admitCaller } from '../caller.js';
import type { LivekitContext } from '../context.js';

export async function health(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admitCaller(context);
  const isHealthy = context.get('isHealthy');
  const { configured } = endpoint.service.description;
  if (isHealthy) endpoint.log.info('LiveKit configuration validated successfully');
  else endpoint.log.warn(configured ? 'LiveKit configuration invalid' : 'LiveKit configuration incomplete');
  return context.json({ status: isHealthy ? 'healthy' : 'unhealthy', configured });
}
