/** GET /openapi.json: the document of this endpoint, without authentication. */
import type { LivekitContext } from '../context.js';
import { documentOf } from '../openapi/document.js';

const WITH_STORE = documentOf(true);
const WITHOUT_STORE = documentOf(false);

export const openapi = (context: LivekitContext): Response =>
  context.json(context.get('endpoint').store === undefined ? WITHOUT_STORE : WITH_STORE);
