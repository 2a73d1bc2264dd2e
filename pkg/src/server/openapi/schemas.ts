/** Schemas of requests and responses (JSON Schema 2020-12). */
import { ID, LONGEST_TTL, NAME, object, orNull, TIME } from './json-schema.js';
import { AgentDispatch, RoomConfiguration, tokenSourceRequest } from './token-source.js';

/** The options of an endpoint that determine its document. */
export interface DocumentOptions {
  /** Whether the endpoint has Kraken's tables. */
  readonly hasStore: boolean;
  /** Whether the store may support kicks and locks. */
  readonly moderates: boolean;
  /** Whether there is a sync: the store may find rooms, and Kraken's rules decide. */
  readonly syncs: boolean;
  /** Whether a function of the application authenticates. */
  readonly ownAuthenticate: boolean;
  /** Whether a function of the application authorizes. */
  readonly ownAuthorize: boolean;
  /** Whether a function of the application chooses the LiveKit server of a room. */
  readonly choosesServer: boolean;
}

/** Creates the schema of an error body: status, message and, for some errors, the name of the status. */
const error = (statusCode: number, message: object, error?: string) =>
  object({ statusCode: { const: statusCode }, message, ...(error === undefined ? {} : { error: { const: error } }) });

/** Creates the schema of an error after a stored kick. */
const kickedError = (statusCode: number, message: object) =>
  object({ statusCode: { const: statusCode }, message, until: UNTIL });

const UNTIL = { ...TIME, description: 'End of the kick. If there are several kicks, the latest end.' };
const LIVEKIT_NOT_CONFIGURED = {
  enum: ['LiveKit credentials not configured', 'LiveKit URL invalid', 'LiveKit server not configured'],
};

const COUNT = { type: 'integer', minimum: 0 } as const;
/** The status of a recording. */
const RECORDING_STATUS = {
  enum: ['starting', 'active', 'ending', 'complete', 'failed', 'aborted', 'limit_reached'],
};

/** All schemas by name, for `#/components/schemas/…`. */
export const SCHEMAS = {
  CreateToken: {
    ...object(
      {
        roomId: {
          ...ID,
          description:
            "The room, at most 256 bytes; by Kraken's rules the id of a channel or of a group of direct messages.",
        },
        identity: {
          ...orNull(ID),
          description: "The participant's identity, at most 256 bytes; the default is the caller's id.",
        },
        name: { ...orNull(NAME), description: 'The display name, at most 256 bytes; the default is the identity.' },
        ttl: {
          type: ['number', 'null'],
          minimum: 1,
          maximum: LONGEST_TTL,
          description: 'TTL in seconds, rounded down; at most `LIVEKIT_MAX_TTL`, by default a day.',
        },
      },
      ['roomId'],
    ),
    description: 'Other fields are ignored. A repeated field is an error.',
  },
  TokenResponse: object(
    {
      token: { type: 'string', description: 'A LiveKit access token.' },
      identity: { type: 'string' },
      roomId: { type: 'string' },
      url: { type: 'string', description: 'URL that clients connect to, if configured.' },
      expiresAt: {
        ...TIME,
        description: 'Expiry of the token (`exp`). It limits connecting, not how long a participant may stay.',
      },
    },
    ['token', 'identity', 'roomId', 'expiresAt'],
  ),
  TokenSourceRequest: tokenSourceRequest(false),
  AgentDispatch,
  RoomConfiguration,
  TokenSourceResponse: object({ server_url: { type: 'string' }, participant_token: { type: 'string' } }),
  MuteParticipant: object({ participantIdentity: ID, mute: { type: 'boolean', description: 'False to unmute.' } }),
  KickParticipant: object(
    {
      participantIdentity: ID,
      durationSeconds: {
        type: ['integer', 'null'],
        minimum: 1,
        maximum: 2_592_000,
        description: 'Seconds for which the participant gets no token for the room; the default is one hour.',
      },
    },
    ['participantIdentity'],
  ),
  KickResponse: object({ success: { const: true }, until: UNTIL }),
  KickedNotConfigured: kickedError(500, LIVEKIT_NOT_CONFIGURED),
  KickedNotRemoved: kickedError(502, { const: 'Failed to remove participant' }),
  KickedTimeout: kickedError(504, { const: 'LiveKit did not answer in time' }),
  RemoveParticipant: object({ participantIdentity: ID }),
  LockChannel: object({ locked: { type: 'boolean', description: 'False to unlock.' } }),
  EndRoom: { type: 'object', description: 'All fields are ignored.' },
  Success: object({ success: { const: true } }),
  VoicePresence: object(
    {
      channelId: { type: 'string' },
      participants: {
        type: 'array',
        maxItems: 1000,
        items: object({
          identity: { type: 'string' },
          name: { type: 'string' },
          joinedAt: TIME,
          isServerMuted: { type: 'boolean', description: 'A moderator has muted the participant.' },
          isAgent: { type: 'boolean', description: 'The participant is an agent.' },
        }),
      },
      next: { type: 'string', description: 'The `after` of the next page; absent on the last.' },
    },
    ['channelId', 'participants'],
  ),
  SyncRequest: {
    oneOf: [
      object({ roomId: { ...ID, description: 'Every participant of this room.' }, userId: { type: 'null' } }, [
        'roomId',
      ]),
      object({ userId: { ...ID, description: 'This user, in every room.' }, roomId: { type: 'null' } }, ['userId']),
    ],
    description: 'Other fields are ignored. A repeated field is an error.',
  },
  SyncResult: object({
    rooms: { ...COUNT, description: 'Rooms whose participants LiveKit has listed.' },
    checked: { ...COUNT, description: 'Compared participants, including `updated`, `removed` and `unknown`.' },
    updated: { ...COUNT, description: 'Participants whose permissions were changed.' },
    removed: { ...COUNT, description: 'Participants who were removed.' },
    unknown: { ...COUNT, description: 'Participants without a known user, who were not changed.' },
    failed: { ...COUNT, description: 'Rooms and participants for which the database or LiveKit failed.' },
    isComplete: { type: 'boolean', description: 'True if every participant matches the rules.' },
  }),
  StartRecording: {
    ...object({ audioOnly: { type: ['boolean', 'null'], description: 'Without video; the default is false.' } }, []),
    description: 'Other fields are ignored. A repeated field is an error.',
  },
  Recording: object({ recordingId: { type: 'string' }, status: RECORDING_STATUS }),
  Recordings: object({
    channelId: { type: 'string' },
    recordings: {
      type: 'array',
      maxItems: 100,
      items: object(
        {
          recordingId: { type: 'string' },
          status: RECORDING_STATUS,
          startedBy: { type: 'string', description: 'The id of the user.' },
          requestedAt: TIME,
          startedAt: TIME,
          endedAt: TIME,
          error: { type: 'string', description: 'Set only if the recording failed.' },
          files: {
            type: 'array',
            items: object(
              {
                name: { type: 'string' },
                location: { type: 'string', description: 'URL or path of the file, without credentials.' },
                size: { type: 'integer', description: 'Size in bytes.' },
                durationSeconds: { type: 'number' },
              },
              ['name', 'size', 'durationSeconds'],
            ),
          },
        },
        ['recordingId', 'status', 'startedBy', 'requestedAt', 'files'],
      ),
    },
  }),
  WebhookResponse: object({ received: { const: true } }),
  ConnectionInfo: object({ url: { type: 'string' } }, []),
  Health: object({ status: { enum: ['healthy', 'unhealthy'] }, configured: { type: 'boolean' } }),
  BadRequest: error(
    400,
    {
      oneOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, minItems: 1, description: 'All errors, by field.' },
      ],
    },
    'Bad Request',
  ),
  Unauthorized: {
    oneOf: [
      error(401, { const: 'Unauthorized' }),
      error(401, { enum: ['Token has been revoked', 'Account has been banned'] }, 'Unauthorized'),
    ],
  },
  Forbidden: error(403, { const: 'Forbidden resource' }, 'Forbidden'),
  SyncNotFound: {
    oneOf: [error(404, { const: 'Not Found' }), error(404, { const: 'Room not found' }, 'Not Found')],
  },
  ParticipantNotFound: error(404, { const: 'Participant not found' }, 'Not Found'),
  RoomNotFound: error(404, { const: 'Room not found' }, 'Not Found'),
  RecordingNotFound: error(404, { const: 'Recording not found' }, 'Not Found'),
  RequestTimeout: error(408, { const: 'Request Timeout' }),
  UnmuteNotAllowed: error(409, { const: 'LiveKit does not allow to unmute a participant' }, 'Conflict'),
  RecordingExists: error(409, { const: 'Channel is already being recorded' }, 'Conflict'),
  TooLarge: error(413, { const: 'request entity too large' }),
  UnsupportedMediaType: error(415, { const: 'Unsupported Media Type' }),
  TooManyRequests: error(429, { const: 'Too Many Requests' }),
  TokenNotGenerated: error(500, {
    enum: [
      'LiveKit credentials not configured',
      'LiveKit URL invalid',
      'LiveKit server not configured',
      'Failed to generate token',
      'Internal server error',
    ],
  }),
  NotConfigured: error(500, LIVEKIT_NOT_CONFIGURED),
  UnknownServer: error(500, { const: 'LiveKit server not configured' }),
  LivekitUnavailable: error(502, { const: 'Failed to mute participant' }),
  ParticipantNotRemoved: error(502, { const: 'Failed to remove participant' }),
  RoomNotEnded: error(502, { const: 'Failed to end room' }),
  RoomNotCreated: error(502, { const: 'Failed to create room' }),
  RecordingNotStarted: error(502, { enum: ['Failed to start recording', 'Failed to list recordings'] }),
  RecordingNotStopped: error(502, { enum: ['Failed to stop recording', 'Failed to list recordings'] }),
  EgressUnavailable: error(503, {
    enum: ['Service Unavailable', 'LiveKit has no egress service connected', 'Recording is not configured'],
  }),
  Unavailable: error(503, { const: 'Service Unavailable' }),
  LivekitTimeout: error(504, { const: 'LiveKit did not answer in time' }),
  OtherError: object({ statusCode: { type: 'integer', minimum: 400, maximum: 599 }, message: { type: 'string' } }),
};

/** Returns the schemas that the paths of an endpoint refer to, directly or indirectly. */
export function referencedSchemas(paths: object, { ownAuthorize }: DocumentOptions): Record<string, object> {
  const all: Record<string, object> = ownAuthorize
    ? { ...SCHEMAS, TokenSourceRequest: tokenSourceRequest(true) }
    : SCHEMAS;
  const used = new Set<string>();
  const add = (from: unknown) => {
    for (const [, name = ''] of JSON.stringify(from).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      add(all[name]);
    }
  };
  add(paths);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}
