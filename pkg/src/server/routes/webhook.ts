/** POST /webhook: stores the change of presence, or the state of a recording, of a LiveKit event. */

import { readBody } from '../body.js';
import type { LivekitHandler } from '../context.js';
import type { Endpoint } from '../endpoint.js';
import type { Joined } from '../rbac/refused.js';
import { storeState } from '../recording/records.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { type PresenceChange, StoreFault } from '../stores/store.js';

/** Maximum size of a webhook in bytes. An event about a recording lists all its files. */
const MAX_BYTES = 1024 * 1024;

/**
 * Removes a participant who may not be in the room. Its errors are returned to LiveKit, which then repeats the event.
 */
type Judge = (joined: Joined, endpoint: Endpoint) => Promise<void>;

/**
 * Handles a webhook. It is authenticated by LiveKit's signature of the body. LiveKit repeats an event after a 5xx. An
 * event that was already applied, or changes nothing, is also answered with 200.
 */
export const webhook =
  (judge: Judge): LivekitHandler =>
  async (context) => {
    const endpoint = context.get('endpoint');
    const authorization = context.req.header('Authorization') ?? '';
    // Before the body is read, so that unauthenticated bodies are not buffered: webhooks have no rate limit.
    endpoint.service.call((rules) => rules.verifyWebhookSender(authorization));
    const body = await readBody(context, MAX_BYTES);
    const change: PresenceChange | null = endpoint.service.call((rules) => rules.parseWebhook(authorization, body));
    if (change !== null && endpoint.store !== undefined) {
      await askStoreOrThrow(endpoint, async (store) => {
        if (store.applyPresence === undefined) throw new StoreFault('presence is not supported');
        await store.applyPresence(change);
      });
      endpoint.log.debug('Presence changed', { change: change.change, room: change.room, eventId: change.eventId });
      await endpoint.presenceChanged?.(change.room);
      const { room, participant, createdAt } = change;
      if (change.change === 'joined' && participant !== null) {
        await judge({ ...participant, room, joinedAt: createdAt }, endpoint);
      }
    }
    if (change === null && endpoint.store !== undefined) {
      const state = endpoint.service.call((rules) => rules.parseRecordingEvent(body));
      if (state !== null) {
        await storeState(endpoint, state);
        endpoint.log.debug('A recording changed', { status: state.status, room: state.room });
      }
    }
    return context.json({ received: true });
  };
