/** The sources of a published track, by the names that a token uses. */
import type { TrackSource } from '@livekit/protocol';
import { createException } from './exception.js';

/** A source by the name that a token uses. */
export type TrackSourceName = 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';

/**
 * Names by the numbers of `TrackSource` in `livekit_models.proto`. The enum itself is imported as a type only, so that a
 * token does not load `@livekit/protocol`.
 */
const NAMES: ReadonlyMap<unknown, TrackSourceName> = /* @__PURE__ */ new Map([
  [1, 'camera'],
  [2, 'microphone'],
  [3, 'screen_share'],
  [4, 'screen_share_audio'],
]);

/**
 * Returns the name that a token uses.
 *
 * @throws `LivekitException` with code `invalid_claim` for `UNKNOWN` and for any other value
 */
export function trackSourceToString(source: TrackSource): TrackSourceName {
  const name = NAMES.get(source);
  if (name === undefined) throw createException('invalid_claim', 'Not a track source');
  return name;
}
