/** GET /health: whether the configuration is complete and valid. It never says what is wrong: that is in the log. */

import { callerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { respondJson } from '../middleware/respond.js';
import { admit } from '../rbac/authorize.js';

export async function health(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admit(await callerOf(context), endpoint);
  const { configured } = endpoint.service.description;
  if (endpoint.isHealthy) endpoint.log.info('LiveKit configuration validated successfully');
  else endpoint.log.warn(configured ? 'LiveKit configuration invalid' : 'LiveKit configuration incomplete');
  return respondJson(context, { status: endpoint.isHealthy ? 'healthy' : 'unhealthy', configured });
}
