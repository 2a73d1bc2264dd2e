/**
 * A LiveKit server with an egress service, as far as recordings need it: Twirp with LiveKit's own messages, written as its
 * server in Go writes them. It misbehaves when it is told to.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  EgressInfo,
  EgressStatus,
  ListEgressRequest,
  ListEgressResponse,
  RoomCompositeEgressRequest,
  StopEgressRequest,
  WebhookEvent,
} from '@livekit/protocol';
import { TokenVerifier } from 'livekit-server-sdk';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { now } from './user-token.ts';

/** A request as it came. */
interface EgressCall {
  readonly method: string;
  readonly body: unknown;
  readonly authorization: string;
}

/** Answers in place of the server; `answer` is what it would do. */
export type EgressBehaviour = (response: ServerResponse, answer: () => void) => void;

const ANSWER_AS_GO = { useProtoFieldName: true, emitDefaultValues: true } as const;

export async function startEgressServer() {
  const calls: EgressCall[] = [];
  const egresses = new Map<string, EgressInfo>();
  const behaviours = new Map<string, EgressBehaviour>();
  const { LIVEKIT_API_KEY = '', LIVEKIT_API_SECRET = '' } = demoSettings;
  const verifier = new TokenVerifier(LIVEKIT_API_KEY, LIVEKIT_API_SECRET);
  let started = 0;

  /** A recording of a whole room, as the server describes it: without credentials. */
  function begin(request: RoomCompositeEgressRequest): EgressInfo {
    started += 1;
    for (const { output } of request.fileOutputs) {
      if (output.case === 's3') Object.assign(output.value, { accessKey: '{access_key}', secret: '{secret}' });
    }
    const info = new EgressInfo({
      egressId: `EG_${started}_${port}`,
      roomId: 'RM_1',
      roomName: request.roomName,
      status: EgressStatus.EGRESS_STARTING,
      updatedAt: nanoseconds(),
      request: { case: 'roomComposite', value: request },
    });
    egresses.set(info.egressId, info);
    return info;
  }

  /** Changes a recording, as the egress service does. */
  function advance(egressId: string, status: EgressStatus, changes: ConstructorParameters<typeof EgressInfo>[0] = {}) {
    const info = new EgressInfo({ ...egresses.get(egressId), ...changes, status, updatedAt: nanoseconds() });
    egresses.set(egressId, info);
    return info;
  }

  const methods: Record<string, (body: never) => EgressInfo | ListEgressResponse | Refusal> = {
    StartRoomCompositeEgress: (body) => begin(RoomCompositeEgressRequest.fromJson(body)),
    ListEgress(body) {
      const { roomName, egressId, active } = ListEgressRequest.fromJson(body);
      if (egressId !== '' && !egresses.has(egressId)) return NOT_FOUND;
      const isAsked = (info: EgressInfo) =>
        egressId === '' ? info.roomName === roomName && (!active || !isOver(info)) : info.egressId === egressId;
      return new ListEgressResponse({ items: [...egresses.values()].filter(isAsked) });
    },
    StopEgress(body) {
      const { egressId } = StopEgressRequest.fromJson(body);
      const info = egresses.get(egressId);
      if (info === undefined) return NOT_FOUND;
      if (info.status > EgressStatus.EGRESS_ACTIVE) {
        const msg = `egress with status ${EgressStatus[info.status]} cannot be stopped`;
        return { status: 412, code: 'failed_precondition', msg };
      }
      return advance(egressId, EgressStatus.EGRESS_ENDING);
    },
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const method = /^\/twirp\/livekit\.Egress\/(\w+)$/.exec(request.url ?? '')?.[1] ?? '';
    const authorization = request.headers.authorization ?? '';
    calls.push({ method, body, authorization });
    const isAllowed = await verifier.verify(authorization.replace('Bearer ', '')).then(
      ({ video }) => video?.roomRecord === true,
      () => false,
    );
    const work = methods[method];
    const answer = () => {
      if (work === undefined) return twirpError(response, 404, 'bad_route', 'no handler for path');
      if (!isAllowed) return twirpError(response, 401, 'unauthenticated', 'permissions denied');
      const result = work(body as never);
      if ('msg' in result) return twirpError(response, result.status, result.code, result.msg);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result.toJson(ANSWER_AS_GO)));
    };
    const behave = behaviours.get(method);
    if (behave === undefined) answer();
    else behave(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    calls,
    egresses,
    behaviours,
    begin,
    advance,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type EgressServer = Awaited<ReturnType<typeof startEgressServer>>;

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly msg: string;
}

const NOT_FOUND: Refusal = { status: 404, code: 'not_found', msg: 'egress does not exist' };

const isOver = ({ status }: EgressInfo): boolean => status >= EgressStatus.EGRESS_COMPLETE;

const nanoseconds = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** An error as Twirp writes it. */
export function twirpError(response: ServerResponse, status: number, code: string, msg: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, msg }));
}

let events = 0;

/** The body of a webhook about a recording. */
export function egressEvent(
  event: 'egress_started' | 'egress_updated' | 'egress_ended',
  egressInfo: EgressInfo,
): string {
  events += 1;
  return new WebhookEvent({ event, egressInfo, id: `EV_egress_${events}`, createdAt: BigInt(now()) }).toJsonString();
}
