/** POST /webhook: what LiveKit says has happened → who is in which room. */

import { readBody } from '../body.js';
import type { LivekitContext } from '../context.js';
import { storeUnavailable } from '../errors.js';
import { askStore } from '../stores/ask.js';
import { type PresenceChange, StoreFault } from '../stores/store.js';

/** Bytes of a webhook: it may describe a recording with all its files. */
const MAX_BYTES = 1024 * 1024;

/**
 * LiveKit authenticates itself by a signature over the bytes of the body. It sends an event again after a 5xx; one that
 * was applied already, or changes nobody's presence, is answered as any other.
 */
export async function webhook(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const authorization = context.req.header('Authorization') ?? '';
  // No limit counts webhooks: what a stranger sends is refused before it takes memory.
  endpoint.service.call((rules) => rules.verifyWebhookSender(authorization));
  const body = await readBody(context, MAX_BYTES);
  const change: PresenceChange | null = endpoint.service.call((rules) => rules.parseWebhook(authorization, body));
  if (change !== null && endpoint.store !== undefined) {
    const applied = await askStore(endpoint, async (store) => {
      if (store.applyPresence === undefined) throw new StoreFault('no presence is kept');
      await store.applyPresence(change);
      return true;
    });
    if (applied === null) throw storeUnavailable();
    endpoint.log.debug('Presence changed', { change: change.change, room: change.room, eventId: change.eventId });
  }
  return context.json({ received: true });
}
