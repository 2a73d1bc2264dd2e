/** Requests and responses as JSON Schema 2020-12. */

/** Control and invisible characters as in `src/names.rs`, up to U+FFFF. */
const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069`;
const INVISIBLE = String.raw`\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8`;
const SPACE = String.raw` \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`;
const IN_ID = `[^${CONTROL}${INVISIBLE}]`;
const VISIBLE = `[^${CONTROL}${INVISIBLE}${SPACE}]`;

/** An id: no invisible characters, and no white space at its ends. */
const ID = { type: 'string', minLength: 1, maxLength: 256, pattern: `^${VISIBLE}(${IN_ID}*${VISIBLE})?$` } as const;
const NAME = { type: 'string', maxLength: 256, pattern: `^[^${CONTROL}]*$` } as const;
const orNull = <T extends { type: string }>(schema: T) => ({ ...schema, type: [schema.type, 'null'] });
/** Seconds: the maximum of `LIVEKIT_MAX_TTL`. */
const LONGEST_TTL = 2 ** 32 - 1;
const TIME = { type: 'string', format: 'date-time' } as const;

const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

const TEXT_OR_NULL = { type: ['string', 'null'] };

/** The body of an error: its status, message, and for some the name of the status. */
const error = (statusCode: number, message: object, error?: string) =>
  object({ statusCode: { const: statusCode }, message, ...(error === undefined ? {} : { error: { const: error } }) });

/** By name, for `#/components/schemas/…`. */
export const SCHEMAS = {
  CreateToken: {
    ...object(
      {
        roomId: { ...ID, description: 'The channel, or the group of direct messages: its id, at most 256 bytes.' },
        identity: {
          ...orNull(ID),
          description: "The participant's identity, at most 256 bytes; the caller's id unless set.",
        },
        name: { ...orNull(NAME), description: 'The display name, at most 256 bytes; the identity unless set.' },
        ttl: {
          type: ['number', 'null'],
          minimum: 1,
          maximum: LONGEST_TTL,
          description: 'Seconds that the token lives, rounded down; at most `LIVEKIT_MAX_TTL`, a day unless set.',
        },
      },
      ['roomId'],
    ),
    description: 'Other members are ignored. A member given twice is refused.',
  },
  TokenResponse: object(
    {
      token: { type: 'string', description: 'A LiveKit access token.' },
      identity: { type: 'string' },
      roomId: { type: 'string' },
      url: { type: 'string', description: 'Where to connect to, if configured.' },
      expiresAt: { ...TIME, description: "The token's `exp`. It limits the first connection, not the stay." },
    },
    ['token', 'identity', 'roomId', 'expiresAt'],
  ),
  TokenSourceRequest: {
    ...object(
      {
        room_name: { ...ID, description: "The channel's id, at most 256 bytes." },
        participant_name: { ...orNull(NAME), description: 'At most 256 bytes.' },
        participant_identity: {
          ...orNull({ ...ID, minLength: 0, pattern: `^$|${ID.pattern}` }),
          description: 'At most 256 bytes.',
        },
        participant_metadata: {
          type: ['string', 'null'],
          description: 'Refused unless `LIVEKIT_CAN_UPDATE_OWN_METADATA` is on.',
        },
        participant_attributes: {
          type: ['object', 'null'],
          additionalProperties: { type: 'string' },
          description: 'Refused unless `LIVEKIT_CAN_UPDATE_OWN_METADATA` is on.',
        },
        room_config: {
          type: ['object', 'null'],
          properties: {
            agents: { type: ['array', 'null'], maxItems: 16, items: { $ref: '#/components/schemas/AgentDispatch' } },
          },
          additionalProperties: false,
          description: 'The agents to dispatch: those that `LIVEKIT_AGENTS` names. Everything else is refused.',
        },
      },
      ['room_name'],
    ),
    description: 'What `TokenSource.endpoint` of livekit-client sends; camelCase names are read as well.',
  },
  AgentDispatch: {
    ...object({ agent_name: TEXT_OR_NULL, metadata: TEXT_OR_NULL, deployment: TEXT_OR_NULL }, []),
    additionalProperties: false,
  },
  TokenSourceResponse: object({ server_url: { type: 'string' }, participant_token: { type: 'string' } }),
  MuteParticipant: object({ participantIdentity: ID, mute: { type: 'boolean', description: 'False to unmute.' } }),
  MuteResponse: object({ success: { const: true } }),
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
        }),
      },
      next: { type: 'string', description: 'The `after` of the next page; absent on the last.' },
    },
    ['channelId', 'participants'],
  ),
  WebhookResponse: object({ received: { const: true } }),
  ConnectionInfo: object({ url: { type: 'string' } }, []),
  Health: object({ status: { enum: ['healthy', 'unhealthy'] }, configured: { type: 'boolean' } }),
  BadRequest: error(
    400,
    {
      oneOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, minItems: 1, description: 'Every broken rule, by field.' },
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
  ParticipantNotFound: error(404, { const: 'Participant not found' }, 'Not Found'),
  RequestTimeout: error(408, { const: 'Request Timeout' }),
  UnmuteNotAllowed: error(409, { const: 'LiveKit does not allow to unmute a participant' }, 'Conflict'),
  TooLarge: error(413, { const: 'request entity too large' }),
  UnsupportedMediaType: error(415, { const: 'Unsupported Media Type' }),
  TooManyRequests: error(429, { const: 'Too Many Requests' }),
  TokenNotGenerated: error(500, { enum: ['LiveKit credentials not configured', 'Failed to generate token'] }),
  NotConfigured: error(500, { const: 'LiveKit credentials not configured' }),
  LivekitUnavailable: error(502, { const: 'Failed to mute participant' }),
  RoomNotCreated: error(502, { const: 'Failed to create room' }),
  Unavailable: error(503, { const: 'Service Unavailable' }),
  LivekitTimeout: error(504, { const: 'LiveKit did not answer in time' }),
};
