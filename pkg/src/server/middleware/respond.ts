/** An answer, with the headers that were gathered for it. */
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status';
import type { LivekitContext } from '../context.js';

/** Answers JSON. */
export function respondJson(context: LivekitContext, body: unknown, status: ContentfulStatusCode = 200): Response {
  context.get('headers')['Content-Type'] = 'application/json';
  return respond(context, JSON.stringify(body), status);
}

/** Answers with a text or nothing. */
export function respond(context: LivekitContext, text: string | null, status: StatusCode): Response {
  const headers = context.get('headers');
  if (hasOthers(context)) {
    for (const [name, value] of Object.entries(headers)) context.header(name, value, { append: name === 'Vary' });
    return context.newResponse(text, status);
  }
  // Hono's adapter to Node writes headers as they are if they are an object.
  const response = new Response(text, { status, headers });
  context.res = undefined;
  context.res = response;
  return response;
}

/** Whether somebody else has set headers: an application that we are mounted in, or a function of its own. */
function hasOthers(context: LivekitContext): boolean {
  for (const _ of context.res.headers) return true;
  return false;
}
