/**
 * GET /channels/:channelId/voice-presence/events: the participants of a channel's room and every change, as Server-Sent
 * Events.
 */
import { createException, LivekitException } from '../../../exception.js';
import { authenticateAgain, authenticateCaller } from '../../caller.js';
import type { LivekitContext } from '../../context.js';
import { errorName } from '../../errors.js';
import { EventStream } from '../../presence/event-stream.js';
import { cannotWatch } from '../../presence/feeds.js';
import { healOnRead } from '../../presence/heal-on-read.js';
import { presentIn } from '../../presence/participant.js';
import { askStore } from '../../stores/ask.js';
import { authorizePresence } from '../authorize.js';

/** Seconds after which a client may retry that was rejected because of too many watchers. */
const RETRY_AFTER = '10';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would otherwise buffer the events.
  'X-Accel-Buffering': 'no',
};

export async function voicePresenceEvents(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const channelId = context.req.param('channelId') ?? '';
  refuseEmbedding(context);
  const { caller } = await authenticateCaller(context);
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
    cutOff: connectionCloser(context),
  });
  try {
    const read = () => askStore(endpoint, (store) => presentIn(channelId, store));
    const source = endpoint.store?.();
    const watcher = {
      userId: caller.userId,
      // A store that is opened for each request is a new object in each, and could not limit the user's streams.
      store: source === endpoint.store?.() ? source : undefined,
      lastEventId: context.req.header('Last-Event-ID'),
      send: (text: string) => stream.send(text),
      end: () => stream.end(),
    };
    unwatch = await context.get('presenceFeeds')().watch(channelId, watcher, read, source);
  } catch (error) {
    stream.end();
    throw refusal(error, context);
  }
  // The client may have disconnected in the meantime.
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
 * Rejects requests of an `<img>` and similar elements. With the user's cookie, a page of any site could use up the
 * user's streams, although it cannot read them. `EventSource` and `fetch` use CORS, and browsers close the stream if it
 * is not allowed.
 */
function refuseEmbedding(context: LivekitContext): void {
  if (context.req.header('Sec-Fetch-Mode') !== 'no-cors') return;
  throw createException('forbidden', 'Forbidden resource', { reason: 'no_cors' });
}

/** Returns the status that the same request would get now. */
async function statusNow(context: LivekitContext, channelId: string): Promise<number> {
  const endpoint = context.get('endpoint');
  try {
    await authorizePresence(await authenticateAgain(context), channelId, undefined, endpoint);
    return 200;
  } catch (error) {
    const { status, reason } = error instanceof LivekitException ? error : createException('internal', '');
    endpoint.log.debug('A watcher may no longer watch', { status, reason });
    return status;
  }
}

/** Sends the status that a new request would get, and ends the stream. */
function endWith(statusCode: number, stream: EventStream): void {
  stream.send(`event: end\ndata: ${JSON.stringify({ statusCode })}\n\n`);
  stream.end();
}

/** Converts an error of the feeds: an error of this package is unchanged, any other becomes 503. */
function refusal(error: unknown, context: LivekitContext): LivekitException {
  const refused = error instanceof LivekitException ? error : cannotWatch('lost');
  if (refused !== error) context.get('endpoint').log.error('The presence feeds failed', { error: errorName(error) });
  if (refused.code !== 'store_unavailable') context.header('Retry-After', RETRY_AFTER);
  return refused;
}

/**
 * Returns a function that closes the connection of Node's HTTP server. Hono's adapter would print an error of the
 * stream.
 */
function connectionCloser(context: LivekitContext): (() => void) | undefined {
  const { outgoing } = Object(context.env) as { outgoing?: { destroy?(): void } };
  return typeof outgoing?.destroy === 'function' ? () => outgoing.destroy?.() : undefined;
}
