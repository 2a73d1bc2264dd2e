// Cases on stdin → tokens, with the SDK's own builder, at a fixed time.
import { readFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { mock } from 'node:test';
import { AccessToken, RoomConfiguration, TrackSource, type VideoGrant } from 'livekit-server-sdk';
import type { Case, Claims } from '../support/cases.ts';

// 2026-01-01T00:00:00Z. The SDK has no argument for the time: it uses the global Date.
mock.timers.enable({ apis: ['Date'], now: 1_767_225_600_000 });

type Json = Parameters<typeof RoomConfiguration.fromJson>[0];

const SOURCES: Record<string, TrackSource> = {
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};

function sign(key: string, secret: string, claims: Claims): Promise<string> {
  const { sub, name, metadata, attributes, video, sip, inference, observability } = claims;
  const token = new AccessToken(key, secret);
  if (sub !== undefined) token.identity = sub;
  if (name !== undefined) token.name = name;
  if (metadata !== undefined) token.metadata = metadata;
  if (attributes !== undefined) token.attributes = attributes;
  if (video !== undefined) token.addGrant(withNumbers(video));
  if (sip !== undefined) token.addSIPGrant(sip);
  if (inference !== undefined) token.addInferenceGrant(inference);
  if (observability !== undefined) token.addObservabilityGrant(observability);
  if (claims.kind !== undefined) token.kind = claims.kind;
  if (claims.sha256 !== undefined) token.sha256 = claims.sha256;
  if (claims.roomPreset !== undefined) token.roomPreset = claims.roomPreset;
  if (claims.roomConfig !== undefined) token.roomConfig = RoomConfiguration.fromJson(claims.roomConfig as Json);
  return token.toJwt();
}

/** The SDK accepts sources by number only. */
function withNumbers({ canPublishSources, ...video }: NonNullable<Claims['video']>): VideoGrant {
  if (canPublishSources === undefined) return video;
  return { ...video, canPublishSources: canPublishSources.map((source) => SOURCES[source] ?? TrackSource.UNKNOWN) };
}

const [key = '', secret = ''] = process.argv.slice(2);
const { cases } = (await json(process.stdin)) as { cases: readonly Case[] };
const tokens = await Promise.all(
  cases.map(async ({ name, claims }) => ({ name, token: await sign(key, secret, claims) })),
);
const manifest = new URL('../../../node_modules/livekit-server-sdk/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
console.log(JSON.stringify({ version, tokens }));
