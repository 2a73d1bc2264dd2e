/**
 * Calls of LiveKit's API as users of LiveKit's SDK write them. `api-clients.test.ts` runs this program unchanged, and once with
 * `livekit-server-sdk` replaced by livekit-edge; `tsconfig.json` checks its types against livekit-edge.
 */
import {
  AgentDispatchClient,
  type ClientOptions,
  type CreateOptions,
  DataPacket_Kind,
  DirectFileOutput,
  EgressClient,
  EncodedFileOutput,
  EncodedFileType,
  type EncodedOutputs,
  EncodingOptions,
  EncodingOptionsPreset,
  ImageOutput,
  JobRestartPolicy,
  ParticipantPermission,
  RoomAgentDispatch,
  RoomCompositeEgressRequest,
  RoomEgress,
  RoomServiceClient,
  S3Upload,
  SegmentedFileOutput,
  type SendDataOptions,
  ServerError,
  StartEgressRequest,
  StreamOutput,
  StreamProtocol,
  TrackSource,
  TwirpError,
  type UpdateParticipantOptions,
  WebhookConfig,
} from 'livekit-server-sdk';

export { RoomServiceClient, ServerError, TwirpError };

/** A client of each kind. */
export function createClients(host: string, apiKey?: string, secret?: string, options?: ClientOptions) {
  return {
    rooms: new RoomServiceClient(host, apiKey, secret, options),
    agents: new AgentDispatchClient(host, apiKey, secret, options),
    egress: new EgressClient(host, apiKey, secret, options),
  };
}

export type Clients = ReturnType<typeof createClients>;

const ROOM = 'lobby é';
const ALICE = 'alice';

const everyOption: CreateOptions = {
  name: ROOM,
  emptyTimeout: 60,
  departureTimeout: 5,
  maxParticipants: 20,
  metadata: '{"a":1}',
  egress: new RoomEgress({ room: new RoomCompositeEgressRequest({ roomName: ROOM, layout: 'grid' }) }),
  minPlayoutDelay: 100,
  maxPlayoutDelay: 2000,
  syncStreams: true,
  agents: [new RoomAgentDispatch({ agentName: 'concierge', metadata: 'm' })],
  nodeId: 'ND_1',
};

const everyChange: UpdateParticipantOptions = {
  attributes: { team: 'blue', gone: '' },
  metadata: 'm',
  permission: { canSubscribe: true, canPublish: false, canPublishSources: [TrackSource.MICROPHONE] },
  name: 'Alice',
};

const to: SendDataOptions = { destinationIdentities: [ALICE], destinationSids: ['PA_1'], topic: 'chat' };
const data = new TextEncoder().encode('hello 🦀');
const webhooks = [new WebhookConfig({ url: 'https://example.com/hook', signingKey: 'devkey' })];

const file = new EncodedFileOutput({
  filepath: 'recordings/{time}',
  fileType: EncodedFileType.MP4,
  output: { case: 's3', value: new S3Upload({ accessKey: 'a', secret: 'b', bucket: 'c' }) },
});
const stream = new StreamOutput({ protocol: StreamProtocol.RTMP, urls: ['rtmp://example.com/live'] });
const segments = new SegmentedFileOutput({ filenamePrefix: 'part', playlistName: 'all.m3u8', segmentDuration: 6 });
const images = new ImageOutput({ captureInterval: 5, filenamePrefix: 'image' });
const all: EncodedOutputs = { file, stream, segments, images };
const encodingOptions = new EncodingOptions({ width: 1280, height: 720 });
const preset = EncodingOptionsPreset.H264_1080P_30;

/** Every call, in every form. */
export const calls: Record<string, (clients: Clients) => Promise<unknown>> = {
  'createRoom, name only': ({ rooms }) => rooms.createRoom({ name: ROOM }),
  'createRoom, every option': ({ rooms }) => rooms.createRoom(everyOption),
  listRooms: ({ rooms }) => rooms.listRooms(),
  'listRooms by name': ({ rooms }) => rooms.listRooms([ROOM, 'attic']),
  'listRooms of no name': ({ rooms }) => rooms.listRooms([]),
  deleteRoom: ({ rooms }) => rooms.deleteRoom(ROOM),
  updateRoomMetadata: ({ rooms }) => rooms.updateRoomMetadata(ROOM, 'm'),
  'updateRoomMetadata, emptied': ({ rooms }) => rooms.updateRoomMetadata(ROOM, ''),
  listParticipants: ({ rooms }) => rooms.listParticipants(ROOM),
  getParticipant: ({ rooms }) => rooms.getParticipant(ROOM, ALICE),
  removeParticipant: ({ rooms }) => rooms.removeParticipant(ROOM, ALICE),
  'removeParticipant, with no option': ({ rooms }) => rooms.removeParticipant(ROOM, ALICE, {}),
  'removeParticipant, tokens revoked': ({ rooms }) =>
    rooms.removeParticipant(ROOM, ALICE, { revokeTokenTs: 1_790_000_000n }),
  forwardParticipant: ({ rooms }) => rooms.forwardParticipant(ROOM, ALICE, 'attic'),
  moveParticipant: ({ rooms }) => rooms.moveParticipant(ROOM, ALICE, 'attic'),
  'mutePublishedTrack, muted': ({ rooms }) => rooms.mutePublishedTrack(ROOM, ALICE, 'TR_1', true),
  'mutePublishedTrack, unmuted': ({ rooms }) => rooms.mutePublishedTrack(ROOM, ALICE, 'TR_1', false),
  'updateParticipant by options': ({ rooms }) => rooms.updateParticipant(ROOM, ALICE, everyChange),
  'updateParticipant by no options': ({ rooms }) => rooms.updateParticipant(ROOM, ALICE, {}),
  'updateParticipant by position': ({ rooms }) =>
    rooms.updateParticipant(ROOM, ALICE, 'm', new ParticipantPermission({ canPublishData: true }), 'Alice'),
  'updateParticipant, name by position': ({ rooms }) =>
    rooms.updateParticipant(ROOM, ALICE, undefined, undefined, 'Alice'),
  'updateParticipant, metadata emptied': ({ rooms }) => rooms.updateParticipant(ROOM, ALICE, ''),
  'updateParticipant of nothing': ({ rooms }) => rooms.updateParticipant(ROOM, ALICE),
  'updateSubscriptions, subscribed': ({ rooms }) => rooms.updateSubscriptions(ROOM, ALICE, ['TR_1', 'TR_2'], true),
  'updateSubscriptions, unsubscribed': ({ rooms }) => rooms.updateSubscriptions(ROOM, ALICE, ['TR_1'], false),
  'sendData by options': ({ rooms }) => rooms.sendData(ROOM, data, DataPacket_Kind.RELIABLE, to),
  'sendData by no options': ({ rooms }) => rooms.sendData(ROOM, data, DataPacket_Kind.LOSSY, {}),
  'sendData by sids': ({ rooms }) => rooms.sendData(ROOM, data, DataPacket_Kind.LOSSY, ['PA_1']),
  'sendData to all': ({ rooms }) => rooms.sendData(ROOM, data, DataPacket_Kind.RELIABLE),
  'sendData of nothing': ({ rooms }) => rooms.sendData(ROOM, new Uint8Array(), DataPacket_Kind.RELIABLE),

  createDispatch: ({ agents }) => agents.createDispatch(ROOM, 'concierge'),
  'createDispatch, every option': ({ agents }) =>
    agents.createDispatch(ROOM, 'concierge', {
      metadata: 'm',
      restartPolicy: JobRestartPolicy.JRP_NEVER,
      deployment: 'staging',
    }),
  deleteDispatch: ({ agents }) => agents.deleteDispatch('AD_1', ROOM),
  getDispatch: ({ agents }) => agents.getDispatch('AD_1', ROOM),
  listDispatch: ({ agents }) => agents.listDispatch(ROOM),

  'startRoomCompositeEgress to a file': ({ egress }) => egress.startRoomCompositeEgress(ROOM, file),
  'startRoomCompositeEgress to a stream': ({ egress }) => egress.startRoomCompositeEgress(ROOM, stream),
  'startRoomCompositeEgress to segments': ({ egress }) => egress.startRoomCompositeEgress(ROOM, segments),
  'startRoomCompositeEgress to all, every option': ({ egress }) =>
    egress.startRoomCompositeEgress(ROOM, all, {
      layout: 'grid',
      encodingOptions: preset,
      audioOnly: true,
      videoOnly: false,
      customBaseUrl: 'https://example.com',
      audioMixing: 1,
      webhooks,
    }),
  'startRoomCompositeEgress by position': ({ egress }) =>
    egress.startRoomCompositeEgress(ROOM, { file }, 'speaker', encodingOptions, false, true, 'https://example.com', 2),
  'startRoomCompositeEgress, layout by position': ({ egress }) =>
    egress.startRoomCompositeEgress(ROOM, { images }, 'speaker'),
  'startRoomCompositeEgress, encoding by position': ({ egress }) =>
    egress.startRoomCompositeEgress(ROOM, file, undefined, preset),
  startWebEgress: ({ egress }) => egress.startWebEgress('https://example.com', file),
  'startWebEgress, every option': ({ egress }) =>
    egress.startWebEgress('https://example.com', all, {
      encodingOptions,
      audioOnly: false,
      videoOnly: true,
      awaitStartSignal: true,
      webhooks,
    }),
  startParticipantEgress: ({ egress }) => egress.startParticipantEgress(ROOM, ALICE, { file }),
  'startParticipantEgress, every option': ({ egress }) =>
    egress.startParticipantEgress(ROOM, ALICE, all, { screenShare: true, encodingOptions: preset, webhooks }),
  startTrackCompositeEgress: ({ egress }) => egress.startTrackCompositeEgress(ROOM, stream),
  'startTrackCompositeEgress, every option': ({ egress }) =>
    egress.startTrackCompositeEgress(ROOM, all, {
      audioTrackId: 'TR_1',
      videoTrackId: 'TR_2',
      encodingOptions,
      webhooks,
    }),
  'startTrackCompositeEgress by position': ({ egress }) =>
    egress.startTrackCompositeEgress(ROOM, segments, 'TR_1', 'TR_2', preset),
  'startTrackCompositeEgress, video by position': ({ egress }) =>
    egress.startTrackCompositeEgress(ROOM, file, undefined, 'TR_2'),
  'startTrackEgress to a file': ({ egress }) =>
    egress.startTrackEgress(ROOM, new DirectFileOutput({ filepath: 'track' }), 'TR_1', webhooks),
  'startTrackEgress to a WebSocket': ({ egress }) => egress.startTrackEgress(ROOM, 'wss://example.com', 'TR_1'),
  startEgress: ({ egress }) => egress.startEgress(new StartEgressRequest({ roomName: ROOM, webhooks })),
  updateLayout: ({ egress }) => egress.updateLayout('EG_1', 'grid'),
  updateStream: ({ egress }) => egress.updateStream('EG_1', ['rtmp://a'], ['rtmp://b']),
  'updateStream of nothing': ({ egress }) => egress.updateStream('EG_1'),
  listEgress: ({ egress }) => egress.listEgress(),
  'listEgress by options': ({ egress }) => egress.listEgress({ roomName: ROOM, egressId: 'EG_1', active: true }),
  'listEgress by room': ({ egress }) => egress.listEgress(ROOM),
  stopEgress: ({ egress }) => egress.stopEgress('EG_1'),
};

/** The parts of an error that a program uses. */
export const describe = (error: unknown): unknown =>
  error instanceof TwirpError && error instanceof ServerError
    ? { status: error.status, code: error.code, metadata: error.metadata }
    : 'another error';
