/** The deployable process, which compares presence with LiveKit as often as `RECONCILE_SECONDS` says. */
import { serve } from './serve.ts';

await serve({ reconcileSeconds: Number(globalThis.process.env['RECONCILE_SECONDS']) });
