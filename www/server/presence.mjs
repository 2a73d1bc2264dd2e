// One stream for the page about all channels of the demo: a browser opens six connections to a host, and the endpoint has
// a stream for each channel.
import { streamSSE } from 'hono/streaming';
import { demoData } from '../../scripts/demo-data.mjs';

/** Of the demo's channels, text or voice. */
const CHANNELS = demoData.channels.map(({ id }) => id);
/** An event as the endpoint serializes it. */
const EVENT = /^event: (\w+)\n(?:id: \S+\n)?data: (.*)$/s;
const HEARTBEAT_MS = 15_000;

/**
 * Answers with the events of every channel that the endpoint lets the user watch, as `presence` with `{channelId, event, data}`.
 * Ends when the stream of a channel is lost: the page reconnects, and each channel begins with a snapshot.
 * @param {import('hono').Context} context
 * @param {import('./playground.mjs').Endpoint} endpoint
 */
export function watchAll(context, endpoint) {
  // Hono answers HEAD with the headers of GET, and would leave its stream open.
  if (context.req.method === 'HEAD') return context.body(null, 200, { 'Content-Type': 'text/event-stream' });
  return streamSSE(context, async (stream) => {
    const leaving = new AbortController();
    const left = new Promise((resolve) => stream.onAbort(() => resolve(leaving.abort())));
    const watches = CHANNELS.map(async (channelId) => {
      for await (const { event, data } of watch(context, endpoint, channelId, leaving.signal)) {
        const body = `{"channelId":${JSON.stringify(channelId)},"event":"${event}","data":${data}}`;
        await stream.writeSSE({ event: 'presence', data: body });
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
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{ event: string, data: string }, void>}
 */
async function* watch({ req, env }, endpoint, channelId, signal) {
  const url = new URL(`/api/livekit/channels/${encodeURIComponent(channelId)}/voice-presence/events`, req.url);
  const request = new Request(url, { headers: { Authorization: req.header('Authorization') ?? '' } });
  const { ok, status, body } = await endpoint.fetch(request, env);
  if (!ok || body === null) return yield { event: 'end', data: JSON.stringify({ statusCode: status }) };
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream(), { signal })) {
    const parts = `${rest}${text}`.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, event, data] = EVENT.exec(part) ?? [];
      if (event !== undefined && data !== undefined) yield { event, data };
    }
  }
}
