/** GET /connection-info: where clients connect to. */
import { connectionInfoOf } from '../../token-response.js';
import { admittedCallerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  await admittedCallerOf(context);
  return context.json(connectionInfoOf(endpoint.service.description));
}
