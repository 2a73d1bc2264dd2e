/** What every answer has, also that to a path which leads nowhere: an id, a line in the log, and the safe headers. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { internalError, LivekitException } from '../../exception.js';
import type { LivekitContext, LivekitHandler } from '../context.js';
import { nameOf } from '../errors.js';
import { logFor } from '../log.js';
import { requestIdOf } from './request-id.js';
import { logRequest } from './request-log.js';
import { respondJson } from './respond.js';
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

/** Answers an error. Anything but a {@link LivekitException} is a defect of ours, and none of its text gets out. */
function answer(error: unknown, context: LivekitContext): Response {
  const { status, code, reason, path: claim, body } = error instanceof LivekitException ? error : internalError(error);
  const log = logFor(context);
  if (status < 500) log.debug('Request refused', { status, code, reason, claim });
  else if (status > 500) log.error('Request failed', { status, code, reason });
  else log.error(context.get('failure') ?? 'Request failed', { status, code, reason, error: nameOf(error) });
  if (status === 401) context.get('headers')['WWW-Authenticate'] = 'Bearer';
  return respondJson(context, body, status as ContentfulStatusCode);
}
