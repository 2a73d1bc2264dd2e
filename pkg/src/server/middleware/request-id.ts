/** A name for each request, in its answer and in every line of the log about it. */
import type { Context } from 'hono';

/** What a client may choose: a UUID, a trace id, and not much of anything that is secret. */
const CHOSEN = /^[\w=-]{1,64}$/;

/** The `X-Request-Id` of a request if it has at most 64 letters, digits, `_`, `-` and `=`; else a new UUID. */
export function requestIdOf(context: Context): string {
  const chosen = context.req.header('X-Request-Id');
  return chosen !== undefined && CHOSEN.test(chosen) ? chosen : crypto.randomUUID();
}
