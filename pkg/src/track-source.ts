/** Sources of published tracks, by their names in a token. */
import type { TrackSource } from '@livekit/protocol';
import { createException } from './exception.js';

/** Name of a source in a token. */
export type TrackSourceName = 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio';

/**
 * Names by their numbers in the enum `TrackSource` of `livekit_models.proto`. Only the enum's type is imported, so that
 * issuing a token does not load `@livekit/protocol`.
 */
const NAMES: ReadonlyMap<unknown, TrackSourceName> = /* @__PURE__ */ new Map([
  [1, 'camera'],
  [2, 'microphone'],
  [3, 'screen_share'],
  [4, 'screen_share_audio'],
]);

/**
 * Returns the name of a source in a token.
 *
 * @throws `LivekitException` with code `invalid_claim` for `UNKNOWN` and for any other value
 */
export function trackSourceToString(source: TrackSource): TrackSourceName {
  const name = NAMES.get(source);
  if (name === undefined) throw createException('invalid_claim', 'Not a track source');
  return name;
}
