/**
 * Every message that a webhook can hold, as data: `livekit.WebhookEvent` and what it reaches, as livekit-server-sdk
 * 2.19.2 has them. A test compares them with LiveKit's own description, field by field.
 */

/**
 * The fields of a message, grouped by type: type → names, in camelCase. A type is `string`, `bool`, `int32`,
 * `uint32`, `int64`, `double`, `map` (string → string), an enum or a message; `[]` is a list, `?` a scalar that has
 * no default. An object instead of names is a oneof: at most one of its fields is there.
 */
interface Fields {
  readonly [typeOrOneof: string]: string | { readonly [type: string]: string };
}

/** Where to upload to. */
const UPLOAD = { S3Upload: 's3', GCPUpload: 'gcp', AzureBlobUpload: 'azure', AliOSSUpload: 'aliOSS' } as const;

/** How to encode: one of LiveKit's presets, or every number. */
const ENCODING = { EncodingOptionsPreset: 'preset', EncodingOptions: 'advanced' } as const;

/** The one output of an egress request of the older kinds. */
const OUTPUT = { EncodedFileOutput: 'file', StreamOutput: 'stream', SegmentedFileOutput: 'segments' } as const;

/** What the older kinds of egress requests have in common. */
const OUTPUTS = {
  options: ENCODING,
  'EncodedFileOutput[]': 'fileOutputs',
  'StreamOutput[]': 'streamOutputs',
  'SegmentedFileOutput[]': 'segmentOutputs',
  'ImageOutput[]': 'imageOutputs',
  'WebhookConfig[]': 'webhooks',
} as const;

/** What the newer kinds of egress requests have in common. */
const ANY_EGRESS = {
  source: { TemplateSource: 'template', WebSource: 'web', MediaSource: 'media' },
  encoding: ENCODING,
  'Output[]': 'outputs',
  StorageConfig: 'storage',
  'WebhookConfig[]': 'webhooks',
} as const;

/** Message → its fields. */
export const MESSAGES = {
  WebhookEvent: {
    string: 'event id',
    Room: 'room',
    ParticipantInfo: 'participant',
    EgressInfo: 'egressInfo',
    IngressInfo: 'ingressInfo',
    TrackInfo: 'track',
    Job: 'job',
    int64: 'createdAt',
    int32: 'numDropped',
    RoomEndReason: 'roomEndReason',
  },
  Room: {
    string: 'sid name turnPassword metadata',
    uint32: 'emptyTimeout departureTimeout maxParticipants numParticipants numPublishers',
    int64: 'creationTime creationTimeMs',
    'Codec[]': 'enabledCodecs',
    bool: 'activeRecording',
    TimedVersion: 'version',
  },
  Codec: { string: 'mime fmtpLine' },
  TimedVersion: { int64: 'unixMicro', int32: 'ticks' },
  ParticipantInfo: {
    string: 'sid identity metadata name region',
    'ParticipantInfo.State': 'state',
    'TrackInfo[]': 'tracks',
    int64: 'joinedAt joinedAtMs',
    uint32: 'version',
    ParticipantPermission: 'permission',
    bool: 'isPublisher',
    'ParticipantInfo.Kind': 'kind',
    map: 'attributes',
    DisconnectReason: 'disconnectReason',
    'ParticipantInfo.KindDetail[]': 'kindDetails',
    'DataTrackInfo[]': 'dataTracks',
    int32: 'clientProtocol',
    'ClientInfo.Capability[]': 'capabilities',
  },
  TrackInfo: {
    string: 'sid name mimeType mid stream',
    TrackType: 'type',
    bool: 'muted simulcast disableDtx stereo disableRed',
    uint32: 'width height',
    TrackSource: 'source',
    'VideoLayer[]': 'layers',
    'SimulcastCodecInfo[]': 'codecs',
    'Encryption.Type': 'encryption',
    TimedVersion: 'version',
    'AudioTrackFeature[]': 'audioFeatures',
    BackupCodecPolicy: 'backupCodecPolicy',
    'PacketTrailerFeature[]': 'packetTrailerFeatures',
  },
  VideoLayer: {
    VideoQuality: 'quality',
    uint32: 'width height bitrate ssrc repairSsrc',
    int32: 'spatialLayer',
    string: 'rid',
  },
  SimulcastCodecInfo: {
    string: 'mimeType mid cid sdpCid',
    'VideoLayer[]': 'layers',
    'VideoLayer.Mode': 'videoLayerMode',
  },
  ParticipantPermission: {
    bool: 'canSubscribe canPublish canPublishData hidden recorder canUpdateMetadata agent canSubscribeMetrics canManageAgentSession',
    'TrackSource[]': 'canPublishSources',
  },
  DataTrackInfo: {
    uint32: 'pubHandle',
    string: 'sid name',
    'Encryption.Type': 'encryption',
    DataTrackFrameEncoding: 'frameEncoding',
    DataTrackSchemaId: 'schema',
  },
  DataTrackFrameEncoding: { value: { 'DataTrackFrameEncoding.WellKnownFrameEncoding': 'wellKnown', string: 'custom' } },
  DataTrackSchemaId: { string: 'name', DataTrackSchemaEncoding: 'encoding' },
  DataTrackSchemaEncoding: {
    value: { 'DataTrackSchemaEncoding.WellKnownSchemaEncoding': 'wellKnown', string: 'custom' },
  },
  EgressInfo: {
    string: 'egressId roomId roomName error details manifestLocation',
    EgressSourceType: 'sourceType',
    EgressStatus: 'status',
    int64: 'startedAt endedAt updatedAt',
    request: {
      StartEgressRequest: 'egress',
      ExportReplayRequest: 'replay',
      RoomCompositeEgressRequest: 'roomComposite',
      WebEgressRequest: 'web',
      ParticipantEgressRequest: 'participant',
      TrackCompositeEgressRequest: 'trackComposite',
      TrackEgressRequest: 'track',
    },
    'StreamInfo[]': 'streamResults',
    'FileInfo[]': 'fileResults',
    'SegmentsInfo[]': 'segmentResults',
    'ImagesInfo[]': 'imageResults',
    int32: 'errorCode retryCount',
    bool: 'backupStorageUsed',
    result: { StreamInfoList: 'stream', FileInfo: 'file', SegmentsInfo: 'segments' },
  },
  StartEgressRequest: {
    string: 'roomName',
    ...ANY_EGRESS,
  },
  TemplateSource: { string: 'layout customBaseUrl', bool: 'audioOnly videoOnly' },
  WebSource: { string: 'url', bool: 'audioOnly videoOnly awaitStartSignal' },
  MediaSource: { video: { string: 'videoTrackId', ParticipantVideo: 'participantVideo' }, AudioConfig: 'audio' },
  ParticipantVideo: { string: 'identity', bool: 'preferScreenShare' },
  AudioConfig: { bool: 'captureAll', 'AudioRoute[]': 'routes' },
  AudioRoute: {
    match: { string: 'trackId participantIdentity', 'ParticipantInfo.Kind': 'participantKind' },
    AudioChannel: 'channel',
  },
  EncodingOptions: {
    int32: 'width height depth framerate audioBitrate audioFrequency videoBitrate audioQuality videoQuality',
    AudioCodec: 'audioCodec',
    VideoCodec: 'videoCodec',
    double: 'keyFrameInterval',
  },
  Output: {
    config: { FileOutput: 'file', StreamOutput: 'stream', SegmentedFileOutput: 'segments', ImageOutput: 'images' },
    StorageConfig: 'storage',
  },
  FileOutput: { EncodedFileType: 'fileType', string: 'filepath', bool: 'disableManifest' },
  StreamOutput: { StreamProtocol: 'protocol', 'string[]': 'urls' },
  SegmentedFileOutput: {
    SegmentedFileProtocol: 'protocol',
    string: 'filenamePrefix playlistName livePlaylistName',
    uint32: 'segmentDuration',
    SegmentedFileSuffix: 'filenameSuffix',
    bool: 'disableManifest',
    output: UPLOAD,
  },
  S3Upload: {
    string:
      'accessKey secret sessionToken assumeRoleArn assumeRoleExternalId region endpoint bucket tagging contentDisposition',
    bool: 'forcePathStyle',
    map: 'metadata',
    ProxyConfig: 'proxy',
  },
  ProxyConfig: { string: 'url username password' },
  GCPUpload: { string: 'credentials bucket', ProxyConfig: 'proxy' },
  AzureBlobUpload: { string: 'accountName accountKey containerName' },
  AliOSSUpload: { string: 'accessKey secret region endpoint bucket' },
  ImageOutput: {
    uint32: 'captureInterval',
    int32: 'width height',
    string: 'filenamePrefix',
    ImageFileSuffix: 'filenameSuffix',
    ImageCodec: 'imageCodec',
    bool: 'disableManifest',
    output: UPLOAD,
  },
  StorageConfig: { provider: UPLOAD },
  WebhookConfig: { string: 'url signingKey', FilterParams: 'filterParams' },
  FilterParams: { 'string[]': 'includeEvents excludeEvents' },
  ExportReplayRequest: {
    string: 'replayId',
    int64: 'startOffsetMs endOffsetMs',
    ...ANY_EGRESS,
  },
  RoomCompositeEgressRequest: {
    string: 'roomName layout customBaseUrl',
    bool: 'audioOnly videoOnly',
    AudioMixing: 'audioMixing',
    output: OUTPUT,
    ...OUTPUTS,
  },
  EncodedFileOutput: {
    EncodedFileType: 'fileType',
    string: 'filepath',
    bool: 'disableManifest',
    output: UPLOAD,
  },
  WebEgressRequest: {
    string: 'url',
    bool: 'audioOnly videoOnly awaitStartSignal',
    output: OUTPUT,
    ...OUTPUTS,
  },
  ParticipantEgressRequest: {
    string: 'roomName identity',
    bool: 'screenShare',
    ...OUTPUTS,
  },
  TrackCompositeEgressRequest: {
    string: 'roomName audioTrackId videoTrackId',
    output: OUTPUT,
    ...OUTPUTS,
  },
  TrackEgressRequest: {
    string: 'roomName trackId',
    output: { DirectFileOutput: 'file', string: 'websocketUrl' },
    'WebhookConfig[]': 'webhooks',
  },
  DirectFileOutput: {
    string: 'filepath',
    bool: 'disableManifest',
    output: UPLOAD,
  },
  StreamInfo: {
    string: 'url error',
    int64: 'startedAt endedAt duration lastRetryAt',
    'StreamInfo.Status': 'status',
    uint32: 'retries',
  },
  FileInfo: { string: 'filename location', int64: 'startedAt endedAt duration size' },
  SegmentsInfo: {
    string: 'playlistName livePlaylistName playlistLocation livePlaylistLocation',
    int64: 'duration size segmentCount startedAt endedAt',
  },
  ImagesInfo: { string: 'filenamePrefix', int64: 'imageCount startedAt endedAt' },
  StreamInfoList: { 'StreamInfo[]': 'info' },
  IngressInfo: {
    string: 'ingressId name streamKey url roomName participantIdentity participantName participantMetadata',
    IngressInput: 'inputType',
    bool: 'bypassTranscoding reusable',
    'bool?': 'enableTranscoding enabled',
    IngressAudioOptions: 'audio',
    IngressVideoOptions: 'video',
    IngressState: 'state',
  },
  IngressAudioOptions: {
    string: 'name',
    TrackSource: 'source',
    encodingOptions: { IngressAudioEncodingPreset: 'preset', IngressAudioEncodingOptions: 'options' },
  },
  IngressAudioEncodingOptions: { AudioCodec: 'audioCodec', uint32: 'bitrate channels', bool: 'disableDtx' },
  IngressVideoOptions: {
    string: 'name',
    TrackSource: 'source',
    encodingOptions: { IngressVideoEncodingPreset: 'preset', IngressVideoEncodingOptions: 'options' },
  },
  IngressVideoEncodingOptions: { VideoCodec: 'videoCodec', double: 'frameRate', 'VideoLayer[]': 'layers' },
  IngressState: {
    'IngressState.Status': 'status',
    string: 'error roomId resourceId',
    InputVideoState: 'video',
    InputAudioState: 'audio',
    int64: 'startedAt endedAt updatedAt',
    'TrackInfo[]': 'tracks',
  },
  InputVideoState: { string: 'mimeType', uint32: 'averageBitrate width height', double: 'framerate' },
  InputAudioState: { string: 'mimeType', uint32: 'averageBitrate channels sampleRate' },
  Job: {
    string: 'id dispatchId namespace metadata agentName deployment',
    JobType: 'type',
    Room: 'room',
    ParticipantInfo: 'participant',
    JobState: 'state',
    bool: 'enableRecording enableRedaction',
    map: 'attributes',
  },
  JobState: {
    JobStatus: 'status',
    string: 'error participantIdentity workerId agentId',
    int64: 'startedAt endedAt updatedAt',
  },
} as const satisfies Record<string, Fields>;
