/** GET /openapi.json: the OpenAPI document of this endpoint, without authentication. */
import type { LivekitHandler } from '../context.js';
import { createDocument } from '../openapi/document.js';
import type { DocumentOptions } from '../openapi/schemas.js';

/** Creates the handler for an endpoint with these options. */
export function openapi(options: DocumentOptions): LivekitHandler {
  let document: object | undefined;
  return (context) => {
    document ??= createDocument(options);
    return context.json(document);
  };
}
