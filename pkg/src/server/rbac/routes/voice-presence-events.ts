/** GET /channels/:channelId/voice-presence/events: who is in the channel's room, and every change, as Server-Sent Events. */
import { createException, LivekitException } from '../../../exception.js';
import { authenticatedCallerOf, callerOf } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import { nameOf } from '../../errors.js';
import { EventStream } from '../../presence/event-stream.js';
import { cannotWatch } from '../../presence/feeds.js';
import { healOnRead } from '../../presence/heal-on-read.js';
import { presentIn } from '../../presence/participant.js';
import { askStore } from '../../stores/ask.js';
import { authorizePresence } from '../authorize.js';

/** Seconds after which a client that was refused for the number of watchers may try again. */
const RETRY_AFTER = '10';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would collect the events.
  'X-Accel-Buffering': 'no',
};

export async function voicePresenceEvents(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  refuseEmbedding(context);
  const { caller } = await callerOf(context);
  await authorizePresence(caller, channelId, undefined, endpoint);
  if (context.req.method === 'HEAD') return context.body(null, 200, HEADERS);
  await healOnRead(context, channelId);

  const { heartbeatMs, recheckMs } = context.get('presenceTimes');
  let unwatch: (() => void) | undefined;
  let recheck: ReturnType<typeof setTimeout> | undefined;
  const stream = new EventStream({
    heartbeatMs,
    onEnd: () => {
      clearTimeout(recheck);
      unwatch?.();
    },
    cutOff: connectionOf(context),
  });
  const watcher = {
    userId: caller.userId,
    lastEventId: context.req.header('Last-Event-ID'),
    send: (text: string) => stream.send(text),
    end: () => stream.end(),
  };
  try {
    const read = () => askStore(endpoint, (store) => presentIn(channelId, store));
    unwatch = await context.get('presenceFeeds')().watch(channelId, watcher, read, endpoint.store?.());
  } catch (error) {
    stream.end();
    throw refusal(error, context);
  }
  // The client may be gone by now.
  if (stream.isEnded) unwatch();
  const checkLater = () => {
    recheck = setTimeout(async () => {
      const status = await statusNow(context, channelId);
      if (stream.isEnded) return;
      if (status === 200) checkLater();
      else endWith(status, stream);
    }, recheckMs);
  };
  if (!stream.isEnded) checkLater();
  return context.body(stream.body, 200, HEADERS);
}

/**
 * Refuses the request of an `<img>` and the like: with the user's cookie a page of any site could keep all of the user's streams
 * open, which it cannot read. `EventSource` and `fetch` ask with CORS, and browsers close the stream if it is not allowed.
 */
function refuseEmbedding(context: LivekitContext): void {
  if (context.req.header('Sec-Fetch-Mode') !== 'no-cors') return;
  throw createException('forbidden', 'Forbidden resource', { reason: 'no_cors' });
}

/** The status that the request would be answered with if it came now. */
async function statusNow(context: LivekitContext, channelId: string): Promise<number> {
  const endpoint = context.get('endpoint');
  try {
    await authorizePresence(await authenticatedCallerOf(context), channelId, undefined, endpoint);
    return 200;
  } catch (error) {
    const { status, reason } = error instanceof LivekitException ? error : createException('internal', '');
    endpoint.log.debug('A watcher may no longer watch', { status, reason });
    return status;
  }
}

/** Tells the client what a new request would be answered with. */
function endWith(statusCode: number, stream: EventStream): void {
  stream.send(`event: end\ndata: ${JSON.stringify({ statusCode })}\n\n`);
  stream.end();
}

/** Errors of feeds: those of this package as they are, any other is 503. */
function refusal(error: unknown, context: LivekitContext): LivekitException {
  const refused = error instanceof LivekitException ? error : cannotWatch('lost');
  if (refused !== error) context.get('endpoint').log.error('The feeds of presence failed', { error: nameOf(error) });
  if (refused.code !== 'store_unavailable') context.header('Retry-After', RETRY_AFTER);
  return refused;
}

/** Closes the connection of Node's HTTP server: an error of the stream would be printed by Hono's adapter. */
function connectionOf(context: LivekitContext): (() => void) | undefined {
  const { outgoing } = Object(context.env) as { outgoing?: { destroy?(): void } };
  return typeof outgoing?.destroy === 'function' ? () => outgoing.destroy?.() : undefined;
}
