/** request → who asks, unless too often. */

import { authenticate } from './authenticate.js';
import type { LivekitContext } from './context.js';
import { limitUser } from './middleware/rate-limit.js';
import type { Caller } from './requests.js';

/** The caller of a route of ours. Throws 401, 415, 429, and 503 without the keys of the identity provider. */
export async function callerOf(context: LivekitContext): Promise<Caller> {
  const caller = await authenticate(context, context.get('endpoint'));
  await limitUser(context, caller);
  return caller;
}
