/** Client of LiveKit's egress API, with the API of LiveKit's SDK. */
import {
  type AudioMixing,
  type DirectFileOutput,
  EgressInfo,
  type EncodedFileOutput,
  type EncodingOptions,
  type EncodingOptionsPreset,
  ListEgressRequest,
  ListEgressResponse,
  type SegmentedFileOutput,
  StartEgressRequest,
  StopEgressRequest,
  type StreamOutput,
  UpdateLayoutRequest,
  UpdateStreamRequest,
  type WebhookConfig,
} from '@livekit/protocol';
import type { ClientOptions } from './client-options.js';
import type {
  EncodedOutputs,
  ListEgressOptions,
  ParticipantEgressOptions,
  RoomCompositeOptions,
  TrackCompositeOptions,
  WebOptions,
} from './egress-options.js';
import { participantRequest, roomRequest, trackCompositeRequest, trackRequest, webRequest } from './egress-requests.js';
import { parseMessage } from './messages.js';
import { ServiceClient } from './service-client.js';

/**
 * Records and streams rooms. Errors are as for {@link RoomServiceClient}; a server without an egress service returns
 * `unavailable` or `internal`. The token of a call has the grant `roomRecord`, which applies to every room.
 *
 * @example
 * ```ts
 * import { EgressClient, EncodedFileOutput } from 'livekit-edge';
 *
 * const egress = new EgressClient('wss://livekit.example.com', 'devkey', 'secret');
 * const file = new EncodedFileOutput({ filepath: '{room_name}/{time}' });
 * const { egressId } = await egress.startRoomCompositeEgress('channel-abc123', { file }, { audioOnly: true });
 * await egress.stopEgress(egressId);
 * ```
 */
export class EgressClient extends ServiceClient {
  /**
   * @param host - URL of the server: ws, wss, http or https
   * @param apiKey - the default is `LIVEKIT_API_KEY` of the environment
   * @param secret - the default is `LIVEKIT_API_SECRET` of the environment
   * @throws {@link LivekitException} if the URL is invalid, or key or secret are missing and there is no `token`
   */
  constructor(host: string, apiKey?: string, secret?: string, options?: ClientOptions) {
    super('Egress', host, apiKey, secret, options);
  }

  /** Records or streams a room in a layout. */
  async startRoomCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    opts?: RoomCompositeOptions,
  ): Promise<EgressInfo>;
  /** @deprecated Pass `RoomCompositeOptions`. */
  async startRoomCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    layout?: string,
    options?: EncodingOptionsPreset | EncodingOptions,
    audioOnly?: boolean,
    videoOnly?: boolean,
    customBaseUrl?: string,
    audioMixing?: AudioMixing,
  ): Promise<EgressInfo>;
  async startRoomCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    optsOrLayout?: RoomCompositeOptions | string,
    encodingOptions?: EncodingOptionsPreset | EncodingOptions,
    audioOnly?: boolean,
    videoOnly?: boolean,
    customBaseUrl?: string,
    audioMixing?: AudioMixing,
  ): Promise<EgressInfo> {
    const positional = { encodingOptions, audioOnly, videoOnly, customBaseUrl, audioMixing };
    return this.start('StartRoomCompositeEgress', () =>
      roomRequest(
        roomName,
        output,
        typeof optsOrLayout === 'object' ? optsOrLayout : { ...positional, layout: optsOrLayout },
      ),
    );
  }

  /** Records or streams a web page. */
  async startWebEgress(
    url: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    opts?: WebOptions,
  ): Promise<EgressInfo> {
    return this.start('StartWebEgress', () => webRequest(url, output, opts));
  }

  /** Records or streams a participant. */
  async startParticipantEgress(
    roomName: string,
    identity: string,
    output: EncodedOutputs,
    opts?: ParticipantEgressOptions,
  ): Promise<EgressInfo> {
    return this.start('StartParticipantEgress', () => participantRequest(roomName, identity, output, opts));
  }

  /** Records or streams an audio track, a video track, or both. */
  async startTrackCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    opts?: TrackCompositeOptions,
  ): Promise<EgressInfo>;
  /** @deprecated Pass `TrackCompositeOptions`. */
  async startTrackCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    audioTrackId?: string,
    videoTrackId?: string,
    options?: EncodingOptionsPreset | EncodingOptions,
  ): Promise<EgressInfo>;
  async startTrackCompositeEgress(
    roomName: string,
    output: EncodedOutputs | EncodedFileOutput | StreamOutput | SegmentedFileOutput,
    optsOrAudioTrackId?: TrackCompositeOptions | string,
    videoTrackId?: string,
    encodingOptions?: EncodingOptionsPreset | EncodingOptions,
  ): Promise<EgressInfo> {
    const options =
      typeof optsOrAudioTrackId === 'object'
        ? optsOrAudioTrackId
        : { audioTrackId: optsOrAudioTrackId, videoTrackId, encodingOptions };
    return this.start('StartTrackCompositeEgress', () => trackCompositeRequest(roomName, output, options));
  }

  /** Records a track without encoding it again, to a file or to a WebSocket URL. */
  async startTrackEgress(
    roomName: string,
    output: DirectFileOutput | string,
    trackId: string,
    webhooks?: WebhookConfig[],
  ): Promise<EgressInfo> {
    return this.start('StartTrackEgress', () => trackRequest(roomName, output, trackId, webhooks));
  }

  /** Starts an egress of any kind. */
  async startEgress(request: StartEgressRequest): Promise<EgressInfo> {
    return this.start('StartEgress', () => new StartEgressRequest(request));
  }

  /** Changes the layout of a room's egress. */
  async updateLayout(egressId: string, layout: string): Promise<EgressInfo> {
    return this.start('UpdateLayout', () => new UpdateLayoutRequest({ egressId, layout }));
  }

  /** Adds and removes the URLs that an egress streams to. */
  async updateStream(
    egressId: string,
    addOutputUrls: string[] = [],
    removeOutputUrls: string[] = [],
  ): Promise<EgressInfo> {
    return this.start('UpdateStream', () => new UpdateStreamRequest({ egressId, addOutputUrls, removeOutputUrls }));
  }

  /** Lists the egress of all rooms, or those that match the filter. */
  async listEgress(options?: ListEgressOptions): Promise<Array<EgressInfo>>;
  /** @deprecated Pass `ListEgressOptions`. */
  async listEgress(roomName?: string): Promise<Array<EgressInfo>>;
  async listEgress(options?: string | ListEgressOptions): Promise<Array<EgressInfo>> {
    const answer = await this.call('ListEgress', RECORD, () => {
      const filter = typeof options === 'string' ? { roomName: options } : options;
      return new ListEgressRequest(filter);
    });
    return parseMessage(ListEgressResponse, answer).items;
  }

  /** Stops an egress. */
  async stopEgress(egressId: string): Promise<EgressInfo> {
    return this.start('StopEgress', () => new StopEgressRequest({ egressId }));
  }

  private async start(method: string, request: Parameters<ServiceClient['call']>[2]): Promise<EgressInfo> {
    return parseMessage(EgressInfo, await this.call(method, RECORD, request));
  }
}

const RECORD = { roomRecord: true };
