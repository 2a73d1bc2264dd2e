/** Which sources the holder of a token may publish, and if not, why. Unset grants have LiveKit's defaults. */
import type { Json } from '#inspect';

export type Source = 'microphone' | 'camera' | 'screen_share';

/** Why this source may not be published; undefined if it may. */
export function whyNot(claims: Json, source: Source): string | undefined {
  const video = (claims['video'] ?? {}) as Json;
  if (video['canPublish'] === false) return 'The token does not grant canPublish.';
  const sources = video['canPublishSources'];
  if (!Array.isArray(sources) || sources.length === 0 || sources.includes(source)) return undefined;
  return `The token's canPublishSources do not include ${source}.`;
}
