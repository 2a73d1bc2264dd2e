/** What every answer has, also that to a path which leads nowhere: an id, a line in the log, and the safe headers. */
import type { LivekitContext, LivekitHandler } from '../app.js';
import { answer } from '../errors.js';
import { requestIdOf } from './request-id.js';
import { logRequest } from './request-log.js';
import { SAFE_HEADERS } from './secure-headers.js';

/** A handler whose answers have them, whatever it throws. It is one step: each layer of middleware costs as much as a token. */
export const answering =
  (handle: LivekitHandler): LivekitHandler =>
  async (context) => {
    const start = performance.now();
    const requestId = requestIdOf(context);
    context.set('requestId', requestId);
    context.set('headers', { 'X-Request-Id': requestId, ...SAFE_HEADERS });
    const response = await answered(handle, context);
    logRequest(context, response.status, start);
    return response;
  };

async function answered(handle: LivekitHandler, context: LivekitContext): Promise<Response> {
  try {
    return await handle(context);
  } catch (error) {
    return answer(error, context);
  }
}
