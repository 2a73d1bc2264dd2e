/** WebhookReceiver. */
import { at, bothRefuse } from './calls.js';
import { ok, same } from './values.js';

export function webhookChecks({ webhooks }) {
  const { apiKey, apiSecret, now } = webhooks;
  const complete = (vector) => ({ apiKey, apiSecret, now, skipAuth: false, ...vector });
  return [
    ['webhook accepted', accepted, webhooks.accepted.map(complete)],
    ['webhook refused', refused, webhooks.refused.map(complete)],
  ];
}

const receiverOf = (edge, { apiKey, apiSecret, options }) => new edge.WebhookReceiver(apiKey, apiSecret, options);

/** A string, also as bytes: alone, and as a part of a larger buffer. */
function forms(body) {
  if (typeof body !== 'string' || !body.isWellFormed()) return [body];
  const bytes = new TextEncoder().encode(body);
  const larger = new Uint8Array(bytes.length + 9).fill(32);
  larger.set(bytes, 4);
  return [body, bytes, larger.subarray(4, 4 + bytes.length)];
}

async function accepted(edge, vector) {
  const receiver = receiverOf(edge, vector);
  for (const body of forms(vector.body)) {
    const args = [body, vector.header, vector.skipAuth, vector.tolerance];
    await at(vector.now, async () => {
      const event = receiver.receiveSync(...args);
      ok(event instanceof edge.WebhookEvent, 'it is no WebhookEvent');
      same(event.toJson(), vector.event, 'the event');
      same(typeof event.createdAt, 'bigint', 'the type of createdAt');
      same((await receiver.receive(...args)).toJson(), vector.event, 'the event that it resolves to');
    });
  }
}

async function refused(edge, vector) {
  const receiver = receiverOf(edge, vector);
  for (const body of forms(vector.body)) {
    const args = [body, vector.header, vector.skipAuth, vector.tolerance];
    const receive = () => receiver.receiveSync(...args);
    await at(vector.now, () => bothRefuse(edge, receive, () => receiver.receive(...args), vector.refusal));
  }
}
