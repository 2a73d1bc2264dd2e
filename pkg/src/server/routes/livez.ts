/** GET /livez: that the endpoint answers, without authentication, for liveness probes. `/health` is about its configuration. */
import type { LivekitContext } from '../context.js';

export const livez = (context: LivekitContext): Response => context.text('ok');
