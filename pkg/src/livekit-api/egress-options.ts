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
  /** Webhooks that are told of this egress. */
  webhooks?: WebhookConfig[];
}

/** Options of an egress that is encoded. */
interface EncodingChoice extends BaseOptions {
  /** How it is encoded; the default is the server's. */
  encodingOptions?: EncodingOptionsPreset | EncodingOptions;
}

/** Options of an egress of which one half can be left out. */
interface MediaChoice extends EncodingChoice {
  /** Whether there is no video. */
  audioOnly?: boolean;
  /** Whether there is no audio. */
  videoOnly?: boolean;
}

/** Options of `EgressClient.startRoomCompositeEgress`. */
export interface RoomCompositeOptions extends MediaChoice {
  /** Name of the layout. */
  layout?: string;
  /** URL of an own template. */
  customBaseUrl?: string;
  /** How audio is distributed over the channels. */
  audioMixing?: AudioMixing;
}

/** Options of `EgressClient.startWebEgress`. */
export interface WebOptions extends MediaChoice {
  /** Whether it starts when the page logs `START_RECORDING`. */
  awaitStartSignal?: boolean;
}

/** Options of `EgressClient.startParticipantEgress`. */
export interface ParticipantEgressOptions extends EncodingChoice {
  /** Whether it is of the participant's screen and its audio, in place of camera and microphone. */
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
  /** Files of some seconds each, with a playlist. */
  segments?: SegmentedFileOutput | undefined;
  /** Images, one every few seconds. */
  images?: ImageOutput | undefined;
}

/** Filter of `EgressClient.listEgress`. */
export interface ListEgressOptions {
  /** Those of a room. */
  roomName?: string;
  /** The one with this id. */
  egressId?: string;
  /** Whether those that ended are left out. */
  active?: boolean;
}
