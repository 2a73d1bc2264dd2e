// One stream for the page about all channels of the demo: a browser opens six connections to a host, and the endpoint has
// a stream for each channel.
import { request } from 'node:http';
import { demoData } from '../demo-data.mjs';

/** Of the demo's channels, text or voice. @type {readonly string[]} */
const CHANNELS = demoData.channels.map((/** @type {{ id: string }} */ { id }) => id);
/** An event as the endpoint writes it. */
const EVENT = /^event: (\w+)\n(?:id: (\S+)\n)?data: (.*)$/;

/**
 * Answers with the events of every channel that the endpoint lets the user watch, as `presence` with `{channelId, event, data}`. The id of
 * each is the ids of all channels, so that a page that reconnects with the last one lacks nothing.
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} outgoing
 * @param {string} endpoint its origin
 * @param {Record<string, string>} headers of every answer
 */
export function watchAll(incoming, outgoing, endpoint, headers) {
  const ids = lastIds(incoming.headers['last-event-id']);
  outgoing.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
  outgoing.flushHeaders();
  const watches = CHANNELS.map((channelId) => {
    const send = (/** @type {string} */ event, /** @type {string} */ data, /** @type {string | undefined} */ id) => {
      if (id !== undefined) ids[channelId] = id;
      const body = `{"channelId":${JSON.stringify(channelId)},"event":"${event}","data":${data}}`;
      outgoing.write(`event: presence\nid: ${JSON.stringify(ids)}\ndata: ${body}\n\n`);
    };
    return watch(incoming, channelId, ids[channelId], endpoint, {
      send,
      beat: () => outgoing.write(':\n\n'),
      // The page connects again, and so does this.
      lose: () => outgoing.end(),
    });
  });
  outgoing.on('close', () => {
    for (const watch of watches) watch.destroy();
  });
}

/**
 * @param {import('node:http').IncomingMessage} incoming
 * @param {string} channelId
 * @param {string | undefined} lastId
 * @param {string} endpoint
 * @param {{ send: (event: string, data: string, id: string | undefined) => void, beat: () => void, lose: () => void }} to
 */
function watch({ headers }, channelId, lastId, endpoint, { send, beat, lose }) {
  const { hostname, port } = new URL(endpoint);
  const path = `/api/livekit/channels/${encodeURIComponent(channelId)}/voice-presence/events`;
  const resumption = lastId === undefined ? {} : { 'last-event-id': lastId };
  const { authorization = '' } = headers;
  const asked = request({ hostname, port, path, headers: { authorization, ...resumption } });
  let isRefused = false;
  asked.on('response', (answer) => {
    const { statusCode = 502 } = answer;
    if (statusCode !== 200) {
      isRefused = true;
      send('end', JSON.stringify({ statusCode }), undefined);
      return answer.resume();
    }
    let rest = '';
    answer.setEncoding('utf8').on('data', (text) => {
      const parts = `${rest}${text}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, event, id, data] = EVENT.exec(part) ?? [];
        isRefused ||= event === 'end';
        if (event === undefined || data === undefined) beat();
        else send(event, data, id);
      }
    });
  });
  asked.on('error', () => {});
  asked.on('close', () => isRefused || lose());
  asked.end();
  return asked;
}

/**
 * The ids of an earlier answer; none if it is another text.
 * @param {unknown} text
 * @returns {Record<string, string>}
 */
function lastIds(text) {
  try {
    const ids = Object.entries(JSON.parse(`${text}`) ?? {});
    const isId = (/** @type {[string, unknown]} */ [channelId, id]) =>
      CHANNELS.includes(channelId) && /^[\w:]+$/.test(`${id}`);
    return Object.fromEntries(ids.filter(isId).map(([channelId, id]) => [channelId, `${id}`]));
  } catch {
    return {};
  }
}
