/** A server with LiveKit's API that records requests, and has one response for each method. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it was received. */
export interface Asked {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

const ROOM = {
  sid: 'RM_1',
  name: 'lobby é',
  empty_timeout: 300,
  creation_time: '1796004857',
  num_participants: 2,
  metadata: 'm',
  field_of_a_newer_server: { a: [1] },
};
const TRACK = { sid: 'TR_1', type: 'VIDEO', source: 'SCREEN_SHARE', muted: true, mime_type: 'video/vp8' };
const PARTICIPANT = {
  sid: 'PA_1',
  identity: 'alice',
  state: 'ACTIVE',
  kind: 'AGENT',
  tracks: [TRACK],
  attributes: { snake_case: 'kept', __proto: 'x' },
  permission: { can_publish: true, can_publish_sources: ['MICROPHONE'] },
  disconnect_reason: 'REASON_OF_A_NEWER_SERVER',
};
const DISPATCH = {
  id: 'AD_1',
  agent_name: 'concierge',
  room: 'lobby é',
  state: { jobs: [], created_at: '1796004869200' },
};
const EGRESS = { egress_id: 'EG_1', room_name: 'lobby é', status: 'EGRESS_ACTIVE', started_at: '1796004857140000000' };

const ANSWERS: Record<string, unknown> = {
  CreateRoom: ROOM,
  UpdateRoomMetadata: ROOM,
  ListRooms: { rooms: [ROOM] },
  ListParticipants: { participants: [PARTICIPANT, { identity: 'bob' }] },
  GetParticipant: PARTICIPANT,
  UpdateParticipant: PARTICIPANT,
  MutePublishedTrack: { track: TRACK },
  CreateDispatch: DISPATCH,
  ListDispatch: { agent_dispatches: [DISPATCH] },
  ListEgress: { items: [EGRESS, {}] },
};

const defaultAnswer = (path: string): unknown =>
  ANSWERS[path.split('/').at(-1) ?? ''] ?? (path.includes('.Egress/') ? EGRESS : {});

export async function startRecordingLivekit() {
  const asked: Asked[] = [];
  /** The response to the next requests. */
  const refusals: { status: number; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url: path = '', headers } = request;
    asked.push({ path, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    const { status, body } = refusals.shift() ?? { status: 200, body: defaultAnswer(path) };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refusals,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
