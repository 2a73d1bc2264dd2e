/** The endpoint in OpenAPI 3.1, relative to where it is mounted. */
import { SCHEMAS } from './schemas.js';

type SchemaName = keyof typeof SCHEMAS;

/** The version of the package, which tests/openapi compares. */
const VERSION = '0.1.0';

const json = (name: SchemaName) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const response = (description: string, name: SchemaName) => ({ description, content: json(name) });
const request = (name: SchemaName) => ({ required: true, content: json(name) });

const BAD_REQUEST = response('The body is not JSON, or breaks rules.', 'BadRequest');
const FORBIDDEN = response('The caller may not.', 'Forbidden');
const TOO_LARGE = response('The body is larger than the route takes.', 'TooLarge');
const LATE = response('The body did not come in 10 seconds.', 'RequestTimeout');
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
const TOO_MANY = { ...response('Too many requests, by address or user.', 'TooManyRequests'), headers: RETRY_AFTER };
const UNAVAILABLE = response('The database or the identity provider did not answer.', 'Unavailable');

/** Responses of every route that authenticates. */
const OF_USERS = {
  401: response('No valid user token, or of a user who is unknown or banned.', 'Unauthorized'),
  429: TOO_MANY,
  503: UNAVAILABLE,
};

/** Responses of every route with a body of a user. */
const OF_BODIES = {
  ...OF_USERS,
  400: BAD_REQUEST,
  403: FORBIDDEN,
  408: LATE,
  413: TOO_LARGE,
  415: response('Authenticated by cookie, and not application/json.', 'UnsupportedMediaType'),
};

const tokenRoute = (summary: string, body: SchemaName, answer: SchemaName) => ({
  post: {
    summary,
    requestBody: request(body),
    responses: {
      ...OF_BODIES,
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

/** By path. */
const PATHS = {
  '/token': tokenRoute('A token for a channel (JOIN_CHANNEL).', 'CreateToken', 'TokenResponse'),
  '/dm-token': tokenRoute('A token for a group of direct messages, for its members.', 'CreateToken', 'TokenResponse'),
  '/token-source': tokenRoute(
    "A token for a channel (JOIN_CHANNEL), in the form of LiveKit's clients.",
    'TokenSourceRequest',
    'TokenSourceResponse',
  ),
  '/channels/{channelId}/mute-participant': {
    parameters: [CHANNEL_ID],
    post: {
      summary: 'Mutes all audio of a participant, or unmutes it (MUTE_PARTICIPANT).',
      requestBody: request('MuteParticipant'),
      responses: {
        ...OF_BODIES,
        201: response('Done.', 'MuteResponse'),
        404: response('No such participant in the room.', 'ParticipantNotFound'),
        409: response('The LiveKit server lets only participants unmute themselves.', 'UnmuteNotAllowed'),
        500: response('Credentials are missing.', 'NotConfigured'),
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
        ...OF_USERS,
        200: response('Participants by the time they joined: a page of at most 1,000.', 'VoicePresence'),
        400: response('`after` is not the `next` of a page.', 'BadRequest'),
        403: FORBIDDEN,
      },
    },
  },
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
        503: UNAVAILABLE,
      },
    },
  },
  '/connection-info': {
    get: {
      summary: 'Where clients connect to.',
      parameters: [ROOM_ID],
      responses: {
        ...OF_USERS,
        200: response('The URL, if configured.', 'ConnectionInfo'),
        400: response('There are several LiveKit servers, and no valid room.', 'BadRequest'),
        500: response('The application chose a LiveKit server that there is not.', 'NotConfigured'),
      },
    },
  },
  '/health': {
    get: {
      summary: 'Whether the configuration is complete.',
      responses: { ...OF_USERS, 200: response('Whether it is.', 'Health') },
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
};

/** Paths that need Kraken's tables. */
const STORE_PATHS = ['/dm-token', '/channels/{channelId}/mute-participant', '/channels/{channelId}/voice-presence'];

/** The document of an endpoint with or without Kraken's tables. */
export const documentOf = (hasStore: boolean): object => ({
  openapi: '3.1.0',
  info: {
    title: 'livekit-edge',
    version: VERSION,
    summary: 'LiveKit access tokens for the users of an application, by channel-based RBAC.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '.', description: 'Where this document is.' }],
  security: [{ bearer: [] }, { cookie: [] }],
  paths: hasStore ? PATHS : Object.fromEntries(Object.entries(PATHS).filter(([path]) => !STORE_PATHS.includes(path))),
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "The application's user token." },
      cookie: { type: 'apiKey', in: 'cookie', name: 'access_token', description: 'The same, in a cookie.' },
      livekit: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'A token of the LiveKit server with the digest of the body.',
      },
    },
    schemas: SCHEMAS,
  },
});
