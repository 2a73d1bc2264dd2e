/** The paths for recordings. */
import {
  bodyResponses,
  CHANNEL_ID,
  FORBIDDEN,
  OTHER,
  request,
  response,
  UNSUPPORTED,
  userResponses,
} from './responses.js';
import type { DocumentOptions } from './schemas.js';

/** Responses of every route that calls the egress service. */
const egressResponses = ({ ownAuthenticate, choosesServer }: DocumentOptions) => ({
  ...(choosesServer || ownAuthenticate ? OTHER : {}),
  500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
  503: response(
    'The database did not answer, or LiveKit has no egress service, or recording is off.',
    'EgressUnavailable',
  ),
  504: response('The LiveKit server did not answer in 10 seconds, or in 25 seconds for a start.', 'LivekitTimeout'),
});

const RECORDING_ID = { ...CHANNEL_ID, name: 'recordingId' };

/** Returns the paths for recordings. */
export const recordingPaths = (options: DocumentOptions) => ({
  '/channels/{channelId}/recordings': {
    parameters: [CHANNEL_ID],
    get: {
      summary: 'Lists the recordings of the channel, the last one first (RECORD_CHANNEL).',
      responses: {
        ...userResponses(options),
        200: response('At most the last 100.', 'Recordings'),
        403: FORBIDDEN,
      },
    },
    post: {
      summary: "Records the channel's room with the settings RECORDING_* (RECORD_CHANNEL).",
      requestBody: request('StartRecording', false),
      responses: {
        ...bodyResponses(options),
        ...egressResponses(options),
        201: response('Started.', 'Recording'),
        404: response('The room has no participants.', 'RoomNotFound'),
        409: response('The channel is already being recorded.', 'RecordingExists'),
        502: response('The LiveKit server cannot be reached, or failed.', 'RecordingNotStarted'),
      },
    },
  },
  '/channels/{channelId}/recordings/{recordingId}/stop': {
    parameters: [CHANNEL_ID, RECORDING_ID],
    post: {
      summary: 'Stops a recording, or returns how it ended (RECORD_CHANNEL).',
      responses: {
        ...userResponses(options),
        ...egressResponses(options),
        403: FORBIDDEN,
        ...(options.ownAuthenticate ? {} : { 415: UNSUPPORTED }),
        201: response('Stopped.', 'Recording'),
        404: response('The channel has no such recording.', 'RecordingNotFound'),
        502: response('The LiveKit server cannot be reached, or failed.', 'RecordingNotStopped'),
      },
    },
  },
});
