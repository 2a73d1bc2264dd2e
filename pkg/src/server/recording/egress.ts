/** LiveKit's egress service, as far as the recordings of a room need it. */
import { createException, type LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import type { Endpoint } from '../endpoint.js';
import { ignoreError } from '../errors.js';
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
  const calls = createCalls(
    accessByRules(service, (room) => chosenServer(chooseServer, room, log)),
    (address, init) => fetch(address, init),
  );

  const call = (method: string, body: Json, message: string, others: Partial<Purpose> = {}) => {
    const failed = failure(message);
    const purpose = { action: 'record', room, service: 'Egress', failed, refusal: disconnected, ...others } as const;
    return calls(purpose, (post) => post(method, body));
  };

  const stateOf = (info: Json, message: string): RecordingChange => {
    const state = service.call((rules) => rules.parseEgressInfo(JSON.stringify(info)));
    if (state === null || state.room !== room) throw failure(message)('livekit_garbage');
    return state;
  };

  const list = async (body: Json): Promise<RecordingChange[]> => {
    const refusal: Purpose['refusal'] = (code, request, answer) =>
      code === 'not_found' ? unknown() : disconnected(code, request, answer);
    const answer = await call('ListEgress', body, LIST_FAILED, { refusal });
    const states = service.call((rules) => rules.parseEgressList(JSON.stringify(answer)));
    if (states === null || states.some((state) => state.room !== room)) throw failure(LIST_FAILED)('livekit_garbage');
    return states;
  };

  const find = async (recordingId: string): Promise<RecordingChange | undefined> => {
    const states = await ignoreError('recording_not_found', list({ egress_id: recordingId }));
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
      try {
        // A server without an egress service says so at once, where it would wait for one to start.
        await call('ListEgress', activeIn(room), START_FAILED);
      } catch (error) {
        return { error, isStarted: 'no' };
      }
      try {
        const others = { refusal, timeoutMs: START_MS };
        return { state: stateOf(await call('StartRoomCompositeEgress', request, START_FAILED, others), START_FAILED) };
      } catch (error) {
        if (code === 'unavailable') return { error, isStarted: 'ask' };
        return { error, isStarted: typeof code === 'string' ? 'no' : 'perhaps' };
      }
    },
    async stop(recordingId) {
      const refusal: Purpose['refusal'] = (code, request, answer) =>
        code === 'not_found' || code === 'failed_precondition' ? unknown() : disconnected(code, request, answer);
      const stopped = call('StopEgress', { egress_id: recordingId }, STOP_FAILED, { refusal });
      const info = await ignoreError('recording_not_found', stopped);
      if (info === undefined) return undefined;
      const state = stateOf(info, STOP_FAILED);
      if (state.recordingId !== recordingId) throw failure(STOP_FAILED)('livekit_garbage');
      return state;
    },
    active: () => list(activeIn(room)),
    find,
  };
}

/** Milliseconds for a start: LiveKit's server waits 23 seconds for an egress service. */
const START_MS = 25_000;

const activeIn = (room: string): Json => ({ room_name: room, active: true });

const START_FAILED = 'Failed to start recording';
const STOP_FAILED = 'Failed to stop recording';
const LIST_FAILED = 'Failed to list recordings';

/** The exception for a server to which no egress service is connected, or none that answers. */
function disconnected(code: unknown, _request: Json, answer: Json | undefined): LivekitException | undefined {
  return code === 'unavailable' || isDisconnected(answer)
    ? createException('egress_unavailable', 'LiveKit has no egress service connected')
    : undefined;
}

/** Whether a server says that no egress service is connected. */
export function isDisconnected(answer: Json | undefined): boolean {
  const message = answer?.['msg'];
  return typeof message === 'string' && message.includes('egress not connected');
}

const unknown = () => createException('recording_not_found', 'Recording not found');
