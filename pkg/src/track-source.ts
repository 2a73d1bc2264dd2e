/** What a published track shows or plays. */
import { LivekitException } from './exception.js';

/** Sources by LiveKit's numbers (`livekit_models.proto`). */
export enum TrackSource {
  UNKNOWN = 0,
  CAMERA = 1,
  MICROPHONE = 2,
  SCREEN_SHARE = 3,
  SCREEN_SHARE_AUDIO = 4,
}

/** A source by the name that a token uses. */
export type TrackSourceName = 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';

const NAMES: ReadonlyMap<TrackSource, TrackSourceName> = /* @__PURE__ */ new Map([
  [TrackSource.CAMERA, 'camera'],
  [TrackSource.MICROPHONE, 'microphone'],
  [TrackSource.SCREEN_SHARE, 'screen_share'],
  [TrackSource.SCREEN_SHARE_AUDIO, 'screen_share_audio'],
]);

/** The name that a token uses. Throws for a source that is none. */
export function trackSourceToString(source: TrackSource): TrackSourceName {
  const name = NAMES.get(source);
  if (name === undefined) throw new LivekitException('Not a track source', 400, { code: 'invalid_claim' });
  return name;
}
