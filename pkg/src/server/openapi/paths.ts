/** OpenAPI paths of every route. */
import { moderationPaths } from './moderation.js';
import { recordingPaths } from './recordings.js';
import {
  BAD_REQUEST,
  BODY_TIMEOUT,
  bodyResponses,
  CHANNEL_ID,
  FORBIDDEN,
  OTHER,
  request,
  response,
  type SchemaName,
  TOO_LARGE,
  TOO_MANY,
  UNAVAILABLE,
  userResponses,
} from './responses.js';
import type { DocumentOptions } from './schemas.js';
import { SYNC_PATHS } from './sync.js';

const tokenRoute = (options: DocumentOptions, summary: string, body: SchemaName, answer: SchemaName) => ({
  post: {
    summary,
    // A body is optional if every field may be unset, which only the application's own policy accepts.
    requestBody: request(body, !(options.ownAuthorize && body === 'TokenSourceRequest')),
    responses: {
      ...bodyResponses(options),
      ...(options.ownAuthorize || options.choosesServer ? OTHER : {}),
      201: response('A token.', answer),
      500: response('Credentials are missing, or no token could be issued.', 'TokenNotGenerated'),
      502: response('With LIVEKIT_CREATE_ROOMS: the LiveKit server did not create the room.', 'RoomNotCreated'),
      504: response('With LIVEKIT_CREATE_ROOMS: the LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
    },
  },
});

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

const LAST_EVENT_ID = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'Id of the last event that the client has received. If it is known, only later events are sent.',
  schema: { type: 'string' },
};

const EVENTS =
  'Server-Sent Events: `snapshot` with `channelId`, at most 1,000 `participants` and, if there are more, `isTruncated`; then `joined`, ' +
  '`left` and `updated`, each with a participant; `end` with the `statusCode` of a new request, after which the stream ends.';
const EVENT_STREAM = { type: 'string', pattern: '^retry: [0-9]+\n' };

/** Responses of a webhook if a participant who may not be in the room could not be removed. */
const NOT_REMOVED = {
  500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
  502: response('The LiveKit server did not remove a participant who may not be in the room.', 'ParticipantNotRemoved'),
  504: response('The LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
};

/** Returns the paths of every endpoint. */
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
      summary: 'Receives webhooks of the LiveKit server.',
      security: [{ livekit: [] }],
      requestBody: {
        required: true,
        content: { 'application/webhook+json': { schema: { type: 'object' } } },
      },
      responses: {
        200: response('The event was applied, now or before.', 'WebhookResponse'),
        400: BAD_REQUEST,
        401: response('Not signed by the LiveKit server.', 'Unauthorized'),
        408: BODY_TIMEOUT,
        413: TOO_LARGE,
        ...(options.hasStore ? { 503: UNAVAILABLE } : {}),
        ...(options.moderates ? { ...NOT_REMOVED, ...(options.choosesServer ? OTHER : {}) } : {}),
      },
    },
  },
  '/connection-info': {
    get: {
      summary: 'Returns the URL that clients connect to.',
      parameters: [ROOM_ID],
      responses: {
        ...userResponses(options),
        200: response('The URL, if configured.', 'ConnectionInfo'),
        400: response('With several LiveKit servers: the room is missing or invalid.', 'BadRequest'),
        ...(options.choosesServer
          ? { ...OTHER, 500: response('The application chose an unknown LiveKit server.', 'UnknownServer') }
          : {}),
      },
    },
  },
  '/health': {
    get: {
      summary: 'Whether the configuration is complete.',
      responses: { ...userResponses(options), 200: response('The result.', 'Health') },
    },
  },
  '/livez': {
    get: {
      summary: 'A liveness probe.',
      security: [],
      responses: {
        200: { description: 'The endpoint is running.', content: { 'text/plain': { schema: { const: 'ok' } } } },
      },
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

/** Returns the paths that require Kraken's tables. */
const storePaths = (options: DocumentOptions) => ({
  '/dm-token': tokenRoute(
    // Kraken's rules always decide about direct messages.
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
        ...bodyResponses(options),
        201: response('Success.', 'Success'),
        404: response('The participant is not in the room.', 'ParticipantNotFound'),
        409: response('The LiveKit server does not allow moderators to unmute.', 'UnmuteNotAllowed'),
        ...(options.choosesServer ? OTHER : {}),
        500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
        502: response('The LiveKit server cannot be reached, or failed.', 'LivekitUnavailable'),
        504: response('The LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
      },
    },
  },
  ...recordingPaths(options),
  ...moderationPaths(options),
  '/channels/{channelId}/voice-presence': {
    parameters: [CHANNEL_ID],
    get: {
      summary: "Lists the participants of the channel's room (READ_CHANNEL).",
      parameters: [AFTER],
      responses: {
        ...userResponses(options),
        200: response('Participants by the time they joined: a page of at most 1,000.', 'VoicePresence'),
        400: response('`after` is not the `next` of a page.', 'BadRequest'),
        403: FORBIDDEN,
      },
    },
  },
  '/channels/{channelId}/voice-presence/events': {
    parameters: [CHANNEL_ID],
    get: {
      summary:
        "Streams the participants of the channel's room, and every change, until the client disconnects (READ_CHANNEL).",
      parameters: [LAST_EVENT_ID],
      responses: {
        ...userResponses(options),
        200: { description: EVENTS, content: { 'text/event-stream': { schema: EVENT_STREAM } } },
        403: FORBIDDEN,
        429: { ...TOO_MANY, description: 'Too many requests, or the user already has 20 streams.' },
        503: { ...UNAVAILABLE, description: 'As for other routes, or no more streams can be opened.' },
      },
    },
  },
});

/** Returns the paths of an endpoint. */
export const createPaths = (options: DocumentOptions) => ({
  ...everyPath(options),
  ...(options.hasStore ? storePaths(options) : {}),
  ...(options.syncs ? SYNC_PATHS : {}),
});
