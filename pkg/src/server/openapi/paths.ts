/** The paths of an endpoint with its options. */
import type { Described, SCHEMAS } from './schemas.js';

type SchemaName = keyof typeof SCHEMAS;

const json = (name: SchemaName) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const response = (description: string, name: SchemaName) => ({ description, content: json(name) });
const request = (name: SchemaName, required = true) => ({ required, content: json(name) });

const BAD_REQUEST = response('The body is not JSON, or breaks rules.', 'BadRequest');
const FORBIDDEN = response('The caller may not.', 'Forbidden');
const TOO_LARGE = response('The body is larger than the route takes.', 'TooLarge');
const LATE = response('The body did not come in 10 seconds.', 'RequestTimeout');
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
const TOO_MANY = { ...response('Too many requests, by address or user.', 'TooManyRequests'), headers: RETRY_AFTER };
const UNAVAILABLE = response(
  'The database, the identity provider or a function of the application did not answer.',
  'Unavailable',
);

/** What a function of the application may throw: a status of its own. */
const OTHER = { default: response('What a function of the application throws.', 'OtherError') };

/** Responses of every route that authenticates. */
const ofUsers = ({ ownAuthenticate }: Described) => ({
  401: ownAuthenticate
    ? response('The application does not know the caller.', 'Unauthorized')
    : response('No valid user token, or of a user who is unknown or banned.', 'Unauthorized'),
  429: TOO_MANY,
  503: UNAVAILABLE,
  ...(ownAuthenticate ? OTHER : {}),
});

/** Responses of every route with a body of a user. */
const ofBodies = (described: Described) => ({
  ...ofUsers(described),
  400: BAD_REQUEST,
  403: FORBIDDEN,
  408: LATE,
  413: TOO_LARGE,
  ...(described.ownAuthenticate
    ? {}
    : { 415: response('Authenticated by cookie, and not application/json.', 'UnsupportedMediaType') }),
});

const tokenRoute = (described: Described, summary: string, body: SchemaName, answer: SchemaName) => ({
  post: {
    summary,
    // Without a body every field is unset, and only there no field is required.
    requestBody: request(body, !(described.ownAuthorize && body === 'TokenSourceRequest')),
    responses: {
      ...ofBodies(described),
      ...(described.ownAuthorize || described.choosesServer ? OTHER : {}),
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
const everyPath = (described: Described) => ({
  '/token': tokenRoute(described, `A token for ${whatFor(described)}.`, 'CreateToken', 'TokenResponse'),
  '/token-source': tokenRoute(
    described,
    `A token for ${whatFor(described)}, in the form of LiveKit's clients.`,
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
        408: LATE,
        413: TOO_LARGE,
        ...(described.hasStore ? { 503: UNAVAILABLE } : {}),
      },
    },
  },
  '/connection-info': {
    get: {
      summary: 'Where clients connect to.',
      parameters: [ROOM_ID],
      responses: {
        ...ofUsers(described),
        200: response('The URL, if configured.', 'ConnectionInfo'),
        400: response('There are several LiveKit servers, and no valid room.', 'BadRequest'),
        ...(described.choosesServer
          ? { ...OTHER, 500: response('The application chose a LiveKit server that there is not.', 'UnknownServer') }
          : {}),
      },
    },
  },
  '/health': {
    get: {
      summary: 'Whether the configuration is complete.',
      responses: { ...ofUsers(described), 200: response('Whether it is.', 'Health') },
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

const whatFor = ({ ownAuthorize }: Described): string => (ownAuthorize ? 'a room' : 'a channel (JOIN_CHANNEL)');

/** Paths that need Kraken's tables. */
const storePaths = (described: Described) => ({
  '/dm-token': tokenRoute(
    // Kraken's rules decide.
    { ...described, ownAuthorize: false },
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
        ...ofBodies(described),
        201: response('Done.', 'MuteResponse'),
        404: response('No such participant in the room.', 'ParticipantNotFound'),
        409: response('The LiveKit server lets only participants unmute themselves.', 'UnmuteNotAllowed'),
        ...(described.choosesServer ? OTHER : {}),
        500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
        502: response('The LiveKit server cannot be reached, or failed.', 'LivekitUnavailable'),
        504: response('The LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
      },
    },
  },
  '/channels/{channelId}/voice-presence': {
    parameters: [CHANNEL_ID],
    get: {
      summary: "Who is in the channel's room (READ_CHANNEL).",
      parameters: [AFTER],
      responses: {
        ...ofUsers(described),
        200: response('Participants by the time they joined: a page of at most 1,000.', 'VoicePresence'),
        400: response('`after` is not the `next` of a page.', 'BadRequest'),
        403: FORBIDDEN,
      },
    },
  },
});

/** The paths of an endpoint. */
export const pathsOf = (described: Described) => ({
  ...everyPath(described),
  ...(described.hasStore ? storePaths(described) : {}),
});
