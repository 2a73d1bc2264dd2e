/** A proxy between LiveKit's webhooks and the endpoint: it loses events, delays them, changes their order and repeats them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookJson } from './webhook-listener.ts';

/** What happens to an event. */
export type Fate = 'delivered' | 'lost' | 'late' | 'repeated';

/** Chooses the fate of an event by its number, from 0. */
type FateOf = (event: WebhookJson, number: number) => Fate;

interface Held {
  readonly body: Buffer<ArrayBuffer>;
  readonly authorization: string;
}

/** Starts it, without the URL of the endpoint. */
export async function startLossyForwarder() {
  const late: Held[] = [];
  const counts: Record<Fate, number> = { delivered: 0, lost: 0, late: 0, repeated: 0 };
  const events: WebhookJson[] = [];
  let target = '';
  let fateOf: FateOf = () => 'delivered';

  const requests = new Set<Promise<Response>>();

  async function forward({ body, authorization }: Held): Promise<void> {
    const headers = { authorization, 'content-type': 'application/webhook+json' };
    const request = fetch(target, { method: 'POST', headers, body });
    requests.add(request);
    const { status } = await request.finally(() => requests.delete(request));
    if (status !== 200) throw new Error(`the endpoint answered a webhook with ${status}`);
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const held = { body: Buffer.concat(chunks), authorization: request.headers.authorization ?? '' };
    const event: WebhookJson = JSON.parse(held.body.toString());
    const fate = fateOf(event, events.length);
    events.push(event);
    counts[fate] += 1;
    if (fate === 'late' || fate === 'repeated') late.push(held);
    if (fate === 'delivered' || fate === 'repeated') await forward(held);
    // LiveKit sends the next event after the response to this one.
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    counts,
    /** All received events, whatever their fate. */
    events,
    /** Sids of rooms and participants that began and did not end, of the events since a number, whatever their fate. */
    activeSids(since: number): string[] {
      const sids = (names: string[]) =>
        events
          .slice(since)
          .flatMap((one) => (names.includes(one.event) ? [(one.participant ?? one.room)?.sid ?? ''] : []));
      const ended = new Set(sids(['room_finished', 'participant_left', 'participant_connection_aborted']));
      return sids(['room_started', 'participant_joined'])
        .filter((sid) => !ended.has(sid))
        .sort();
    },
    /** Sets the URL to which events go. */
    forwardTo(url: string) {
      target = url;
    },
    choose(fates: FateOf) {
      fateOf = fates;
    },
    /** Delivers late events, the latest first. */
    async deliverLate() {
      while (late.length > 0) await forward(late.pop() as Held);
    },
    /** To be called before the endpoint stops. */
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.allSettled(requests);
    },
  };
}

export type LossyForwarder = Awaited<ReturnType<typeof startLossyForwarder>>;
