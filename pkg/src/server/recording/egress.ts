/** Calls of LiveKit's egress service for the recordings of a room. */
import { createException, type LivekitException } from '../../exception.js';
import type { Json } from '../../livekit-api/twirp.js';
import type { Endpoint } from '../endpoint.js';
import { ignoreError } from '../errors.js';
import { accessByRules, createCalls, failure, type Purpose } from '../livekit/calls.js';
import { chosenServer } from '../livekit/servers.js';
import type { RecordingChange } from '../stores/recordings.js';

/** The egress service of a room's server. Rejects only with a `LivekitException`. */
export interface Egress {
  /** Starts a recording. On error, the result says whether LiveKit may have started it. */
  start(request: Json): Promise<Started>;
  /** Stops a recording; `undefined` if it has ended, or LiveKit does not know it. */
  stop(recordingId: string): Promise<RecordingChange | undefined>;
  /** Lists the recordings of the room that have not ended. */
  active(): Promise<RecordingChange[]>;
  /** Finds a recording of the room; `undefined` if LiveKit does not know it. */
  find(recordingId: string): Promise<RecordingChange | undefined>;
}

/** Result of a start. */
export type Started =
  | { readonly state: RecordingChange }
  | {
      readonly error: unknown;
      /**
       * `no`: it was not started. `ask`: LiveKit reports that no egress service answered. `perhaps`: the response was
       * lost.
       */
      readonly isStarted: 'no' | 'ask' | 'perhaps';
    };

/** Creates the client for the egress service of a room's server. */
export function createEgress({ service, chooseServer, log }: Endpoint, room: string): Egress {
  const calls = createCalls(
    accessByRules(service, (room) => chosenServer(chooseServer, room, log)),
    (address, init) => fetch(address, init),
  );

  const call = (method: string, body: Json, message: string, others: Partial<Purpose> = {}) => {
    const failed = failure(message);
    const purpose = { action: 'record', room, service: 'Egress', failed, refusal: disconnected, ...others } as const;
    return calls(purpose, (post) => post(method, body));
  };

  const parseState = (info: Json, message: string): RecordingChange => {
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
        // Without an egress service this call fails immediately, while a start would wait for one.
        await call('ListEgress', activeIn(room), START_FAILED);
      } catch (error) {
        return { error, isStarted: 'no' };
      }
      try {
        const others = { refusal, timeoutMs: START_MS };
        return {
          state: parseState(await call('StartRoomCompositeEgress', request, START_FAILED, others), START_FAILED),
        };
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
      const state = parseState(info, STOP_FAILED);
      if (state.recordingId !== recordingId) throw failure(STOP_FAILED)('livekit_garbage');
      return state;
    },
    active: () => list(activeIn(room)),
    find,
  };
}

/** Timeout of a start in milliseconds. LiveKit's server waits 23 seconds for an egress service. */
const START_MS = 25_000;

const activeIn = (room: string): Json => ({ room_name: room, active: true });

const START_FAILED = 'Failed to start recording';
const STOP_FAILED = 'Failed to stop recording';
const LIST_FAILED = 'Failed to list recordings';

/** Creates the exception for a server without a connected egress service, or with one that does not answer. */
function disconnected(code: unknown, _request: Json, answer: Json | undefined): LivekitException | undefined {
  return code === 'unavailable' || isDisconnected(answer)
    ? createException('egress_unavailable', 'LiveKit has no egress service connected')
    : undefined;
}

/** True if a server reports that no egress service is connected. */
export function isDisconnected(answer: Json | undefined): boolean {
  const message = answer?.['msg'];
  return typeof message === 'string' && message.includes('egress not connected');
}

const unknown = () => createException('recording_not_found', 'Recording not found');
