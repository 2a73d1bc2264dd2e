/** The document for one configuration and one database: their values are not part of the document itself. */

// biome-ignore lint/suspicious/noExplicitAny: a document of an endpoint
type Document = any;

/** With the default LIVEKIT_MAX_TTL, and ids of the demo data, so that some requests succeed. */
export function narrowed(document: Document): Document {
  const copy = structuredClone(document);
  const {
    CreateToken,
    TokenSourceRequest,
    MuteParticipant,
    KickParticipant,
    RemoveParticipant,
    RoomConfiguration,
    SyncRequest,
  } = copy.components.schemas;
  CreateToken.properties.ttl.maximum = 86_400;
  CreateToken.example = { roomId: 'channel-abc123', identity: 'guest-1', name: 'Guest', ttl: 60 };
  TokenSourceRequest.example = { room_name: 'channel-abc123' };
  if (MuteParticipant !== undefined) MuteParticipant.example = { participantIdentity: 'user-789', mute: true };
  // Not user-456, whose own requests would then be refused.
  if (KickParticipant !== undefined) KickParticipant.example = { participantIdentity: 'user-789', durationSeconds: 1 };
  if (RemoveParticipant !== undefined) RemoveParticipant.example = { participantIdentity: 'user-789' };
  if (SyncRequest !== undefined) SyncRequest.example = { roomId: 'channel-abc123' };
  // A message of a hundred fields, which the document does not list.
  if (RoomConfiguration !== undefined) delete RoomConfiguration.properties.egress;
  // A stream does not end.
  for (const path of Object.keys(copy.paths)) if (path.endsWith('/events')) delete copy.paths[path];
  for (const [path, { parameters = [] }] of Object.entries<Document>(copy.paths)) {
    for (const parameter of parameters) {
      if (path.includes('{channelId}') && parameter.name !== 'recordingId') parameter.example = 'channel-abc123';
    }
  }
  return copy;
}
