/** An answer, with the headers that were gathered for it. */
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status';
import type { LivekitContext } from '../app.js';

/** Answers JSON. */
export function respondJson(context: LivekitContext, body: unknown, status: ContentfulStatusCode = 200): Response {
  context.get('headers')['Content-Type'] = 'application/json';
  return respond(context, JSON.stringify(body), status);
}

/** Answers with a text or nothing. */
export function respond(context: LivekitContext, text: string | null, status: StatusCode): Response {
  const headers = context.get('headers');
  // Hono's adapter to Node writes headers as they are if they are an object. Middleware of an application that we are
  // mounted in may have set others, which only the context knows.
  if (context.req.routeIndex === 0) return new Response(text, { status, headers });
  for (const [name, value] of Object.entries(headers)) context.header(name, value, { append: name === 'Vary' });
  return context.newResponse(text, status);
}
