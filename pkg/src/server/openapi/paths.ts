/** The paths of an endpoint with its options. */
import type { DocumentOptions, SCHEMAS } from './schemas.js';

type SchemaName = keyof typeof SCHEMAS;

const json = (name: SchemaName) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const response = (description: string, name: SchemaName) => ({ description, content: json(name) });
const request = (name: SchemaName, required = true) => ({ required, content: json(name) });

const BAD_REQUEST = response('The body is not JSON, or a field is invalid.', 'BadRequest');
const FORBIDDEN = response('The caller lacks the permission.', 'Forbidden');
const TOO_LARGE = response('The body is too large.', 'TooLarge');
const BODY_TIMEOUT = response('The body did not arrive within 10 seconds.', 'RequestTimeout');
const UNSUPPORTED = response('Authenticated by cookie, and not application/json.', 'UnsupportedMediaType');
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
const TOO_MANY = { ...response('Too many requests, by address or user.', 'TooManyRequests'), headers: RETRY_AFTER };
const UNAVAILABLE = response(
  'The database, the identity provider or a function of the application did not answer.',
  'Unavailable',
);

/** An error of a function of the application, with a status of its own. */
const OTHER = { default: response('What a function of the application throws.', 'OtherError') };

/** Responses of every route that authenticates. */
const ofUsers = ({ ownAuthenticate }: DocumentOptions) => ({
  401: ownAuthenticate
    ? response('The application does not know the caller.', 'Unauthorized')
    : response('No valid user token, or of a user who is unknown or banned.', 'Unauthorized'),
  429: TOO_MANY,
  503: UNAVAILABLE,
  ...(ownAuthenticate ? OTHER : {}),
});

/** Responses of every route with a body of a user. */
const ofBodies = (options: DocumentOptions) => ({
  ...ofUsers(options),
  400: BAD_REQUEST,
  403: FORBIDDEN,
  408: BODY_TIMEOUT,
  413: TOO_LARGE,
  ...(options.ownAuthenticate ? {} : { 415: UNSUPPORTED }),
});

/** Responses of every route that calls the egress service. */
const ofEgress = ({ ownAuthenticate, choosesServer }: DocumentOptions) => ({
  ...(choosesServer || ownAuthenticate ? OTHER : {}),
  500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
  503: response(
    'The database did not answer, or LiveKit has no egress service, or recording is off.',
    'EgressUnavailable',
  ),
  504: response('The LiveKit server did not answer in time: 10 seconds, to a start 25.', 'LivekitTimeout'),
});

const tokenRoute = (options: DocumentOptions, summary: string, body: SchemaName, answer: SchemaName) => ({
  post: {
    summary,
    // Without a body every field is unset, which only an application's own policy accepts.
    requestBody: request(body, !(options.ownAuthorize && body === 'TokenSourceRequest')),
    responses: {
      ...ofBodies(options),
      ...(options.ownAuthorize || options.choosesServer ? OTHER : {}),
      201: response('A token.', answer),
      500: response('Credentials are missing, or no token could be made.', 'TokenNotGenerated'),
      502: response('With LIVEKIT_CREATE_ROOMS: the LiveKit server did not create the room.', 'RoomNotCreated'),
      504: response('With LIVEKIT_CREATE_ROOMS: the LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
    },
  },
});

const CHANNEL_ID = {
  name: 'channelId',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1 },
};

const RECORDING_ID = { ...CHANNEL_ID, name: 'recordingId' };

const ROOM_ID = {
  name: 'roomId',
  in: 'query',
  description: 'The room to connect to; required where there are several LiveKit servers, and ignored elsewhere.',
  schema: { type: 'string' },
};

const AFTER = {
  name: 'after',
  in: 'query',
  description: 'The `next` of the page before.',
  schema: { type: 'string', pattern: '^[0-9]+[.].+$' },
};

/** Paths of every endpoint. */
const everyPath = (options: DocumentOptions) => ({
  '/token': tokenRoute(options, `A token for ${whatFor(options)}.`, 'CreateToken', 'TokenResponse'),
  '/token-source': tokenRoute(
    options,
    `A token for ${whatFor(options)}, in the form of LiveKit's clients.`,
    'TokenSourceRequest',
    'TokenSourceResponse',
  ),
  '/webhook': {
    post: {
      summary: 'For the LiveKit server: what has happened in a room.',
      security: [{ livekit: [] }],
      requestBody: {
        required: true,
        content: { 'application/webhook+json': { schema: { type: 'object' } } },
      },
      responses: {
        200: response('Received, now or before.', 'WebhookResponse'),
        400: BAD_REQUEST,
        401: response('Not signed by the LiveKit server.', 'Unauthorized'),
        408: BODY_TIMEOUT,
        413: TOO_LARGE,
        ...(options.hasStore ? { 503: UNAVAILABLE } : {}),
      },
    },
  },
  '/connection-info': {
    get: {
      summary: 'Where clients connect to.',
      parameters: [ROOM_ID],
      responses: {
        ...ofUsers(options),
        200: response('The URL, if configured.', 'ConnectionInfo'),
        400: response('There are several LiveKit servers, and no valid room.', 'BadRequest'),
        ...(options.choosesServer
          ? { ...OTHER, 500: response('The application chose an unknown LiveKit server.', 'UnknownServer') }
          : {}),
      },
    },
  },
  '/health': {
    get: {
      summary: 'Whether the configuration is complete.',
      responses: { ...ofUsers(options), 200: response('The result.', 'Health') },
    },
  },
  '/livez': {
    get: {
      summary: 'For liveness probes: that the endpoint answers.',
      security: [],
      responses: { 200: { description: 'It answers.', content: { 'text/plain': { schema: { const: 'ok' } } } } },
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This document.',
      security: [],
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
        429: TOO_MANY,
      },
    },
  },
});

const whatFor = ({ ownAuthorize }: DocumentOptions): string => (ownAuthorize ? 'a room' : 'a channel (JOIN_CHANNEL)');

/** Paths that need Kraken's tables. */
const storePaths = (options: DocumentOptions) => ({
  '/dm-token': tokenRoute(
    // Kraken's rules decide.
    { ...options, ownAuthorize: false },
    'A token for a group of direct messages, for its members.',
    'CreateToken',
    'TokenResponse',
  ),
  '/channels/{channelId}/mute-participant': {
    parameters: [CHANNEL_ID],
    post: {
      summary: 'Mutes all audio of a participant, or unmutes it (MUTE_PARTICIPANT).',
      requestBody: request('MuteParticipant'),
      responses: {
        ...ofBodies(options),
        201: response('Done.', 'MuteResponse'),
        404: response('No such participant in the room.', 'ParticipantNotFound'),
        409: response('The LiveKit server lets only participants unmute themselves.', 'UnmuteNotAllowed'),
        ...(options.choosesServer ? OTHER : {}),
        500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
        502: response('The LiveKit server cannot be reached, or failed.', 'LivekitUnavailable'),
        504: response('The LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
      },
    },
  },
  '/channels/{channelId}/recordings': {
    parameters: [CHANNEL_ID],
    get: {
      summary: 'The recordings of the channel, the last one first (RECORD_CHANNEL).',
      responses: {
        ...ofUsers(options),
        200: response('At most the last 100.', 'Recordings'),
        403: FORBIDDEN,
      },
    },
    post: {
      summary: "Records the channel's room as the settings RECORDING_* say (RECORD_CHANNEL).",
      requestBody: request('StartRecording', false),
      responses: {
        ...ofBodies(options),
        ...ofEgress(options),
        201: response('Started.', 'Recording'),
        404: response('No one is in the channel.', 'RoomNotFound'),
        409: response('The channel is being recorded.', 'RecordingExists'),
        502: response('The LiveKit server cannot be reached, or failed.', 'RecordingNotStarted'),
      },
    },
  },
  '/channels/{channelId}/recordings/{recordingId}/stop': {
    parameters: [CHANNEL_ID, RECORDING_ID],
    post: {
      summary: 'Stops a recording that was started here, or says how it ended (RECORD_CHANNEL).',
      responses: {
        ...ofUsers(options),
        ...ofEgress(options),
        403: FORBIDDEN,
        ...(options.ownAuthenticate ? {} : { 415: UNSUPPORTED }),
        201: response('Stopped.', 'Recording'),
        404: response('The channel has no such recording.', 'RecordingNotFound'),
        502: response('The LiveKit server cannot be reached, or failed.', 'RecordingNotStopped'),
      },
    },
  },
  '/channels/{channelId}/voice-presence': {
    parameters: [CHANNEL_ID],
    get: {
      summary: "Who is in the channel's room (READ_CHANNEL).",
      parameters: [AFTER],
      responses: {
        ...ofUsers(options),
        200: response('Participants by the time they joined: a page of at most 1,000.', 'VoicePresence'),
        400: response('`after` is not the `next` of a page.', 'BadRequest'),
        403: FORBIDDEN,
      },
    },
  },
});

/** The paths of an endpoint. */
export const pathsOf = (options: DocumentOptions) => ({
  ...everyPath(options),
  ...(options.hasStore ? storePaths(options) : {}),
});
