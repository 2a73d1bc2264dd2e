/** Creates requests to start an egress. */
import {
  type DirectFileOutput,
  ParticipantEgressRequest,
  RoomCompositeEgressRequest,
  TrackCompositeEgressRequest,
  TrackEgressRequest,
  WebEgressRequest,
  type WebhookConfig,
} from '@livekit/protocol';
import type {
  EncodedOutputs,
  ParticipantEgressOptions,
  RoomCompositeOptions,
  TrackCompositeOptions,
  WebOptions,
} from './egress-options.js';
import { type Outputs, toEncoding, toOutputFields } from './egress-outputs.js';
import { type Optional, picked } from './messages.js';

/** Request for an egress of a room in a layout. */
export const roomRequest = (
  roomName: string,
  output: Outputs,
  options: Optional<RoomCompositeOptions>,
): RoomCompositeEgressRequest =>
  new RoomCompositeEgressRequest({
    roomName,
    ...picked(options, ['layout', 'audioOnly', 'videoOnly', 'customBaseUrl', 'audioMixing', 'webhooks']),
    ...toOutputFields(output),
    ...toEncoding(options.encodingOptions),
  });

/** Request for an egress of a web page. */
export const webRequest = (url: string, output: Outputs, options: WebOptions | undefined): WebEgressRequest =>
  new WebEgressRequest({
    url,
    ...picked(options, ['audioOnly', 'videoOnly', 'awaitStartSignal', 'webhooks']),
    ...toOutputFields(output),
    ...toEncoding(options?.encodingOptions),
  });

/** Request for an egress of a participant. */
export function participantRequest(
  roomName: string,
  identity: string,
  output: EncodedOutputs,
  options: ParticipantEgressOptions | undefined,
): ParticipantEgressRequest {
  const { output: _, ...outputs } = toOutputFields(output);
  return new ParticipantEgressRequest({
    roomName,
    identity,
    ...picked(options, ['screenShare', 'webhooks']),
    ...outputs,
    ...toEncoding(options?.encodingOptions),
  });
}

/** Request for an egress of an audio track, a video track, or both. */
export const trackCompositeRequest = (
  roomName: string,
  output: Outputs,
  options: Optional<TrackCompositeOptions>,
): TrackCompositeEgressRequest =>
  new TrackCompositeEgressRequest({
    roomName,
    ...picked(options, ['audioTrackId', 'videoTrackId', 'webhooks']),
    ...toOutputFields(output),
    ...toEncoding(options.encodingOptions),
  });

/** Request for an egress of a track without encoding it again, to a file or to a WebSocket URL. */
export const trackRequest = (
  roomName: string,
  output: DirectFileOutput | string,
  trackId: string,
  webhooks: WebhookConfig[] | undefined,
): TrackEgressRequest =>
  new TrackEgressRequest({
    roomName,
    trackId,
    output: typeof output === 'string' ? { case: 'websocketUrl', value: output } : { case: 'file', value: output },
    ...picked({ webhooks }, ['webhooks']),
  });
