/** Options of the methods of `EgressClient`. */
import type {
  AudioMixing,
  EncodedFileOutput,
  EncodingOptions,
  EncodingOptionsPreset,
  ImageOutput,
  SegmentedFileOutput,
  StreamOutput,
  WebhookConfig,
} from '@livekit/protocol';

/** Options of every egress. */
export interface BaseOptions {
  /** Additional webhooks for events of this egress. */
  webhooks?: WebhookConfig[];
}

/** Options of an egress that encodes media. */
interface EncodingChoice extends BaseOptions {
  /** Encoding; the default is the server's. */
  encodingOptions?: EncodingOptionsPreset | EncodingOptions;
}

/** Options of an egress that can omit audio or video. */
interface MediaChoice extends EncodingChoice {
  /** Whether to omit video. */
  audioOnly?: boolean;
  /** Whether to omit audio. */
  videoOnly?: boolean;
}

/** Options of `EgressClient.startRoomCompositeEgress`. */
export interface RoomCompositeOptions extends MediaChoice {
  /** Name of the layout. */
  layout?: string;
  /** URL of a custom template. */
  customBaseUrl?: string;
  /** How audio is distributed over the channels. */
  audioMixing?: AudioMixing;
}

/** Options of `EgressClient.startWebEgress`. */
export interface WebOptions extends MediaChoice {
  /** Whether to start only when the page logs `START_RECORDING`. */
  awaitStartSignal?: boolean;
}

/** Options of `EgressClient.startParticipantEgress`. */
export interface ParticipantEgressOptions extends EncodingChoice {
  /** Whether to record the screen share and its audio instead of camera and microphone. */
  screenShare?: boolean;
}

/** Options of `EgressClient.startTrackCompositeEgress`. */
export interface TrackCompositeOptions extends EncodingChoice {
  /** Sid of the audio track. */
  audioTrackId?: string;
  /** Sid of the video track. */
  videoTrackId?: string;
}

/** Several outputs of one egress. */
export interface EncodedOutputs {
  /** A file. */
  file?: EncodedFileOutput | undefined;
  /** Streams to other services. */
  stream?: StreamOutput | undefined;
  /** Segments of a few seconds each, with a playlist. */
  segments?: SegmentedFileOutput | undefined;
  /** An image every few seconds. */
  images?: ImageOutput | undefined;
}

/** Filter of `EgressClient.listEgress`. */
export interface ListEgressOptions {
  /** Only egress of this room. */
  roomName?: string;
  /** Only the egress with this id. */
  egressId?: string;
  /** Whether to omit egress that has ended. */
  active?: boolean;
}
