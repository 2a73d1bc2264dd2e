/** GET /openapi.json: what this endpoint takes and answers, for anyone. */
import type { LivekitContext } from '../context.js';
import { DOCUMENT } from '../openapi/document.js';

export const openapi = (context: LivekitContext): Response => context.json(DOCUMENT);
