/** LiveKit's egress service, as far as the recordings of a room need it. */
import { createException, type LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import type { Endpoint } from '../endpoint.js';
import { accessByRules, createCalls, failure, type Purpose } from '../livekit/calls.js';
import { chosenServer } from '../livekit/servers.js';
import type { RecordingChange } from '../stores/recordings.js';

/** The egress service of the server that a room is on. Rejects with a `LivekitException` only. */
export interface Egress {
  /** Starts a recording. An error says whether LiveKit may have started it. */
  start(request: Json): Promise<Started>;
  /** Stops a recording; `undefined` if it is over, or LiveKit does not know it. */
  stop(recordingId: string): Promise<RecordingChange | undefined>;
  /** The recordings of the room that are not over. */
  active(): Promise<RecordingChange[]>;
  /** A recording of the room; `undefined` if LiveKit does not know it. */
  find(recordingId: string): Promise<RecordingChange | undefined>;
}

/** What came of a start. */
export type Started =
  | { readonly state: RecordingChange }
  | {
      readonly error: unknown;
      /** `no`: it was not started. `ask`: LiveKit says that no egress service answered. `perhaps`: the answer was lost. */
      readonly isStarted: 'no' | 'ask' | 'perhaps';
    };

/** The egress service of a room's server. */
export function egressOf({ service, chooseServer, log }: Endpoint, room: string): Egress {
  let isSent = false;
  const calls = createCalls(
    accessByRules(service, (room) => chosenServer(chooseServer, room, log)),
    (address, init) => {
      isSent = true;
      return fetch(address, init);
    },
  );

  const call = (method: string, body: Json, message: string, refusal: Purpose['refusal'] = disconnected) =>
    calls({ action: 'record', room, service: 'Egress', failed: failure(message), refusal }, (post) =>
      post(method, body),
    );

  const stateOf = (info: Json, message: string): RecordingChange => {
    const state = service.call((rules) => rules.parseEgressInfo(JSON.stringify(info)));
    if (state === null || state.room !== room) throw failure(message)('livekit_garbage');
    return state;
  };

  const list = async (body: Json): Promise<RecordingChange[]> => {
    const refusal: Purpose['refusal'] = (code, request, answer) =>
      code === 'not_found' ? unknown() : disconnected(code, request, answer);
    const answer = await call('ListEgress', body, LIST_FAILED, refusal);
    const states = service.call((rules) => rules.parseEgressList(JSON.stringify(answer)));
    if (states === null || states.some((state) => state.room !== room)) throw failure(LIST_FAILED)('livekit_garbage');
    return states;
  };

  const find = async (recordingId: string): Promise<RecordingChange | undefined> => {
    const states = await list({ egress_id: recordingId }).catch(nothingIfUnknown);
    return states?.find((state) => state.recordingId === recordingId);
  };

  return {
    async start(request) {
      let code: unknown;
      const refusal: Purpose['refusal'] = (given, body, answer) => {
        code = given;
        if (given === 'not_found') return createException('room_not_found', 'Room not found');
        return disconnected(given, body, answer);
      };
      isSent = false;
      try {
        return { state: stateOf(await call('StartRoomCompositeEgress', request, START_FAILED, refusal), START_FAILED) };
      } catch (error) {
        if (!isSent) return { error, isStarted: 'no' };
        if (code === 'unavailable') return { error, isStarted: 'ask' };
        return { error, isStarted: typeof code === 'string' ? 'no' : 'perhaps' };
      }
    },
    async stop(recordingId) {
      const refusal: Purpose['refusal'] = (code, request, answer) =>
        code === 'not_found' || code === 'failed_precondition' ? unknown() : disconnected(code, request, answer);
      const info = await call('StopEgress', { egress_id: recordingId }, STOP_FAILED, refusal).catch(nothingIfUnknown);
      if (info === undefined) return undefined;
      const state = stateOf(info, STOP_FAILED);
      if (state.recordingId !== recordingId) throw failure(STOP_FAILED)('livekit_garbage');
      return state;
    },
    active: () => list({ room_name: room, active: true }),
    find,
  };
}

const START_FAILED = 'Failed to start recording';
const STOP_FAILED = 'Failed to stop recording';
const LIST_FAILED = 'Failed to list recordings';

/** The exception for a server to which no egress service is connected, or none that answers. */
function disconnected(code: unknown, _request: Json, answer: Json | undefined): LivekitException | undefined {
  const message = answer?.['msg'];
  const isUnconnected = code === 'internal' && typeof message === 'string' && message.includes('egress not connected');
  return isUnconnected || code === 'unavailable'
    ? createException('egress_unavailable', 'LiveKit has no egress service connected')
    : undefined;
}

const unknown = () => createException('recording_not_found', 'Recording not found');

function nothingIfUnknown(error: LivekitException): undefined {
  if (error.code === 'recording_not_found') return undefined;
  throw error;
}
