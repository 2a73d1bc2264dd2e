// One stream for the page about all channels of the demo: a browser opens six connections to a host, and the endpoint has
// a stream for each channel.
import { streamSSE } from 'hono/streaming';
import { demoData } from '../demo-data.mjs';

/** Of the demo's channels, text or voice. */
const CHANNELS = demoData.channels.map(({ id }) => id);
/** An event as the endpoint serializes it. */
const EVENT = /^event: (\w+)\n(?:id: (\S+)\n)?data: (.*)$/;
const HEARTBEAT_MS = 15_000;

/**
 * Answers with the events of every channel that the endpoint lets the user watch, as `presence` with `{channelId, event, data}`.
 * The id of each is the ids of all channels, so that a page that reconnects with the last one misses nothing. Ends when the
 * stream of a channel is lost.
 * @param {import('hono').Context} context
 * @param {import('./playground.mjs').Endpoint} endpoint
 */
export function watchAll(context, endpoint) {
  const ids = lastIds(context.req.header('Last-Event-ID'));
  return streamSSE(context, async (stream) => {
    const leaving = new AbortController();
    const left = new Promise((resolve) => stream.onAbort(() => resolve(leaving.abort())));
    const watches = CHANNELS.map(async (channelId) => {
      for await (const { event, id, data } of watch(context, endpoint, channelId, ids[channelId], leaving.signal)) {
        if (id !== undefined) ids[channelId] = id;
        const body = `{"channelId":${JSON.stringify(channelId)},"event":"${event}","data":${data}}`;
        await stream.writeSSE({ event: 'presence', id: JSON.stringify(ids), data: body });
        // The user may not watch this channel, but others.
        if (event === 'end') return left;
      }
    });
    const heartbeat = setInterval(() => stream.write(':\n\n'), HEARTBEAT_MS);
    await Promise.race([left, ...watches]).catch(() => {});
    clearInterval(heartbeat);
    leaving.abort();
  });
}

/**
 * The events of one channel, of which `end` is the last that the endpoint sends.
 * @param {import('hono').Context} context
 * @param {import('./playground.mjs').Endpoint} endpoint
 * @param {string} channelId
 * @param {string | undefined} lastId
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{ event: string, id?: string | undefined, data: string }, void>}
 */
async function* watch({ req, env }, endpoint, channelId, lastId, signal) {
  const url = new URL(`/api/livekit/channels/${encodeURIComponent(channelId)}/voice-presence/events`, req.url);
  const headers = new Headers({ Authorization: req.header('Authorization') ?? '' });
  if (lastId !== undefined) headers.set('Last-Event-ID', lastId);
  const { ok, status, body } = await endpoint.fetch(new Request(url, { headers }), env);
  if (!ok || body === null) return yield { event: 'end', data: JSON.stringify({ statusCode: status }) };
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream(), { signal })) {
    const parts = `${rest}${text}`.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, event, id, data] = EVENT.exec(part) ?? [];
      if (event !== undefined && data !== undefined) yield { event, id, data };
    }
  }
}

/**
 * The ids of an earlier response; none if it is another string.
 * @param {string | undefined} text
 * @returns {Record<string, string>}
 */
function lastIds(text = '') {
  try {
    const ids = Object.entries(JSON.parse(text) ?? {});
    return Object.fromEntries(
      ids.filter(([channelId, id]) => CHANNELS.includes(channelId) && /^[\w:]+$/.test(`${id}`)),
    );
  } catch {
    return {};
  }
}
