/** GET /openapi.json: the document of this endpoint, without authentication. */
import type { LivekitHandler } from '../context.js';
import { documentOf } from '../openapi/document.js';
import type { Described } from '../openapi/schemas.js';

/** The route of an endpoint with its options. */
export function openapi(described: Described): LivekitHandler {
  let document: object | undefined;
  return (context) => {
    document ??= documentOf(described);
    return context.json(document);
  };
}
