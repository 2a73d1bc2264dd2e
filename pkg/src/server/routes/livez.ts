/** GET /livez: a liveness probe without authentication. `/health` checks the configuration. */
import type { LivekitContext } from '../context.js';

export const livez = (context: LivekitContext): Response => context.text('ok');
