/** A server with the responses of LiveKit's RoomService, which misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A request as it was received. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** A participant of the fake server; its tracks are sent unchanged. */
export interface Participant {
  readonly identity: string;
  readonly tracks: unknown;
}

export const MICROPHONE = { sid: 'TR_mic', type: 'AUDIO', source: 'MICROPHONE', muted: false };

export async function startFakeLivekit(prefix = '') {
  const calls: Call[] = [];
  const participants = new Map<string, Participant>();
  /** What happens to the next requests of a method instead of a valid response. */
  const behaviours = new Map<string, Behaviour>();

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    const body = JSON.parse(Buffer.concat(chunks).toString());
    calls.push({ method: request.method ?? '', path, headers: request.headers, body });
    const route = path.startsWith(`${prefix}/twirp/livekit.RoomService/`) ? path.split('/').at(-1) : undefined;
    const behave = behaviours.get(route ?? '');
    if (behave !== undefined) return behave(response, request);
    const participant = participants.get(body.identity);
    if (path === `${prefix}/twirp/livekit.Egress/ListEgress`) return json(response, 200, { items: [] });
    if (path.startsWith(`${prefix}/twirp/livekit.Egress/`)) return json(response, 404, { code: 'not_found' });
    if (route === undefined) return json(response, 404, { code: 'bad_route', msg: 'no handler for path' });
    if (route === 'CreateRoom') return json(response, 200, { sid: 'RM_1', name: body.name });
    if (route === 'DeleteRoom') return json(response, 200, {});
    if (participant === undefined) return json(response, 404, { code: 'not_found', msg: 'participant does not exist' });
    if (route === 'GetParticipant') return json(response, 200, { sid: 'PA_1', state: 'ACTIVE', ...participant });
    if (route === 'MutePublishedTrack' && body.muted === false) return refuseUnmuting(response, request);
    json(response, 200, route === 'MutePublishedTrack' ? { track: { ...MICROPHONE, muted: true } } : {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `ws://127.0.0.1:${port}${prefix}`,
    calls,
    participants,
    behaviours,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type FakeLivekit = Awaited<ReturnType<typeof startFakeLivekit>>;

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export const refuseUnmuting: Behaviour = (response) =>
  json(response, 412, { code: 'failed_precondition', msg: 'remote unmute not enabled' });
