/** The paths for moderators. */
import { ID } from './json-schema.js';
import { bodyResponses, CHANNEL_ID, OTHER, request, response, type SchemaName, userResponses } from './responses.js';
import type { DocumentOptions } from './schemas.js';

const NO_PARTICIPANT = { 404: response('The participant is not in the room.', 'ParticipantNotFound') };

/** Responses of every route that calls LiveKit. `failed` is the schema of its error. */
const livekitResponses = ({ choosesServer }: DocumentOptions, failed: SchemaName) => ({
  ...(choosesServer ? OTHER : {}),
  500: response('Credentials are missing, or the URL is invalid.', 'NotConfigured'),
  502: response('The LiveKit server cannot be reached, or failed.', failed),
  504: response('The LiveKit server did not answer in 10 seconds.', 'LivekitTimeout'),
});

const channelRoute = (summary: string, requestBody: object, responses: object) => ({
  parameters: [CHANNEL_ID],
  post: { summary, requestBody, responses },
});

/** The query parameter of the participant whose kick ends. */
const PARTICIPANT_IDENTITY = {
  name: 'participantIdentity',
  in: 'query',
  required: true,
  description: 'The identity, at most 256 bytes.',
  schema: ID,
};

/** Path of kicks, which are stored before the LiveKit server is called. */
const kickPath = (options: DocumentOptions) => ({
  ...channelRoute(
    'Removes a participant, who gets no token for the room for some time (KICK_USER).',
    request('KickParticipant'),
    {
      ...bodyResponses(options),
      ...(options.choosesServer ? OTHER : {}),
      201: response('Success, also if the participant has left.', 'KickResponse'),
      500: response('The kick is stored, but credentials are missing, or the URL is invalid.', 'KickedNotConfigured'),
      502: response('The kick is stored, but the LiveKit server did not remove the participant.', 'KickedNotRemoved'),
      504: response('The kick is stored, but the LiveKit server did not answer in 10 seconds.', 'KickedTimeout'),
    },
  ),
  delete: {
    summary: 'Ends a kick: the participant may join again (KICK_USER).',
    parameters: [PARTICIPANT_IDENTITY],
    responses: {
      ...userResponses(options),
      200: response('Done, also if the participant was not kicked.', 'Success'),
      400: response('The identity is missing or invalid.', 'BadRequest'),
      403: response('The caller lacks the permission, or is kicked from the channel.', 'Forbidden'),
    },
  },
});

/** Paths for kicks and locks, which require a store that supports them. */
const storedModerationPaths = (options: DocumentOptions) => ({
  '/channels/{channelId}/kick-participant': kickPath(options),
  '/channels/{channelId}/lock': channelRoute(
    'Locks or unlocks the room; participants in it stay (UPDATE_CHANNEL).',
    request('LockChannel'),
    { ...bodyResponses(options), 201: response('Success.', 'Success') },
  ),
});

/** Returns the paths for moderators. */
export const moderationPaths = (options: DocumentOptions) => ({
  '/channels/{channelId}/remove-participant': channelRoute(
    'Removes a participant, who may join again (KICK_USER).',
    request('RemoveParticipant'),
    {
      ...bodyResponses(options),
      ...NO_PARTICIPANT,
      ...livekitResponses(options, 'ParticipantNotRemoved'),
      201: response('Success.', 'Success'),
    },
  ),
  '/channels/{channelId}/end': channelRoute(
    'Ends the room and disconnects all participants (UPDATE_CHANNEL).',
    request('EndRoom', false),
    {
      ...bodyResponses(options),
      ...livekitResponses(options, 'RoomNotEnded'),
      201: response('Success, also if the room is not running.', 'Success'),
    },
  ),
  ...(options.moderates ? storedModerationPaths(options) : {}),
});
