/** The schema of token requests of LiveKit's client SDKs (`TokenSourceRequest` of `livekit_token_source.proto`). */
import { ID, NAME, object, orNull, TEXT_OR_NULL } from './json-schema.js';

/** An id. An empty string counts as unset. */
const ID_OR_UNSET = orNull({ ...ID, minLength: 0, pattern: `^$|${ID.pattern}` });

/** Maximum number of agents in a request; `MAX_AGENTS` in `src/request/token_source.rs`. */
const MAX_AGENTS = 16;
const AGENTS = {
  type: ['array', 'null'],
  maxItems: MAX_AGENTS,
  items: { $ref: '#/components/schemas/AgentDispatch' },
};

/** An agent to dispatch. */
export const AgentDispatch = {
  ...object({ agent_name: TEXT_OR_NULL, metadata: TEXT_OR_NULL, deployment: TEXT_OR_NULL }, []),
  additionalProperties: false,
};

const UINT32 = { type: ['integer', 'null'], minimum: 0, maximum: 2 ** 32 - 1 };

/** `RoomConfiguration` of `livekit_room.proto`. */
export const RoomConfiguration = {
  ...object(
    {
      name: TEXT_OR_NULL,
      empty_timeout: UINT32,
      departure_timeout: UINT32,
      max_participants: UINT32,
      metadata: TEXT_OR_NULL,
      egress: { type: ['object', 'null'], description: "LiveKit's `RoomEgress`, without credentials." },
      min_playout_delay: UINT32,
      max_playout_delay: UINT32,
      sync_streams: { type: ['boolean', 'null'] },
      agents: AGENTS,
      tags: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
    },
    [],
  ),
  additionalProperties: false,
};

/** The part of a room configuration that clients may set by default: agents. */
const AGENTS_ONLY = {
  type: ['object', 'null'],
  properties: { agents: AGENTS },
  additionalProperties: false,
  description: 'The agents to dispatch, only those in `LIVEKIT_AGENTS`. Any other field is an error.',
};

/** Returns the schema of the request. With the application's own `authorize`, every field is allowed. */
export const tokenSourceRequest = (ownAuthorize: boolean) => {
  const forbidden = ownAuthorize ? '' : 'An error unless `LIVEKIT_CAN_UPDATE_OWN_METADATA` is on.';
  return {
    ...object(
      {
        room_name: ownAuthorize
          ? { ...ID_OR_UNSET, description: 'At most 256 bytes; the default is a new, unguessable name.' }
          : { ...ID, description: "The channel's id, at most 256 bytes." },
        participant_name: { ...orNull(NAME), description: 'At most 256 bytes.' },
        participant_identity: { ...ID_OR_UNSET, description: 'At most 256 bytes.' },
        participant_metadata: { type: ['string', 'null'], description: `At most 512 KiB. ${forbidden}`.trim() },
        participant_attributes: {
          type: ['object', 'null'],
          additionalProperties: { type: 'string' },
          description: `At most 64 KiB together. ${forbidden}`.trim(),
        },
        room_config: ownAuthorize
          ? { oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/RoomConfiguration' }] }
          : AGENTS_ONLY,
      },
      ownAuthorize ? [] : ['room_name'],
    ),
    description: ownAuthorize
      ? 'What `TokenSource.endpoint` of livekit-client sends; camelCase names are parsed too. The application decides what is allowed.'
      : 'What `TokenSource.endpoint` of livekit-client sends; camelCase names are parsed too.',
  };
};
