/**
 * Warnings about tokens that a LiveKit server accepts, but that an operator should check before a client receives them.
 */
import type { Json } from './decode.js';

const DAY_SECONDS = 86_400;
const MIN_SECRET_BYTES = 32;

/** Grants that reach beyond one room. */
const SERVER_GRANTS: readonly [claim: string, grant: string, warning: string][] = [
  ['video', 'roomCreate', 'creates and deletes any room'],
  ['video', 'roomList', 'lists every room'],
  ['video', 'roomRecord', 'records any room'],
  ['video', 'ingressAdmin', 'manages every ingress'],
  ['sip', 'admin', 'manages telephony'],
  ['sip', 'call', 'makes calls at your cost'],
];

/** Lists the warnings as sentences. The claims may have any types. */
export function warnings(claims: Json, nowSeconds: number): string[] {
  const video = objectIn(claims, 'video');
  const sources = video['canPublishSources'];
  const found = SERVER_GRANTS.filter(([claim, grant]) => objectIn(claims, claim)[grant] === true).map(
    ([claim, grant, warning]) => `${claim}.${grant} ${warning}: not for the token of a client.`,
  );
  const warn = (when: boolean, sentence: string) => when && found.push(sentence);

  warn(video['roomAdmin'] === true, 'video.roomAdmin mutes, removes and changes every participant of the room.');
  warn(isEmptyArray(sources), 'video.canPublishSources is empty, which means all sources, not none.');
  warn(
    video['canPublish'] === false && Array.isArray(sources) && !isEmptyArray(sources),
    'video.canPublish is false, so canPublishSources has no effect.',
  );
  warn(video['hidden'] === true, 'video.hidden: other participants do not see this one.');
  warn(video['agent'] === true, 'video.agent lets the holder register as an agent worker.');
  const { kind, exp } = claims;
  warn(
    typeof kind === 'string' && kind.toLowerCase() !== 'standard',
    'kind is accepted as it is in the token: agents, egress and the like have privileges.',
  );
  warn(
    typeof exp === 'number' && exp - nowSeconds > DAY_SECONDS,
    'Its lifetime is more than a day: if it leaks, it can be used to join until then.',
  );
  warn(claims['nbf'] === undefined, 'nbf is missing: LiveKit Cloud cannot revoke such a token.');
  warn(
    claims['video'] === undefined && claims['sip'] === undefined,
    'It grants nothing in rooms: the claim video is missing.',
  );
  warn(
    claims['video'] !== undefined && video['roomJoin'] !== true,
    'video.roomJoin is not granted: it cannot be used to join.',
  );
  return found;
}

/** A warning about the secret that a token was verified with. */
export const secretWarning = (secret: string): string | undefined =>
  new TextEncoder().encode(secret).length < MIN_SECRET_BYTES
    ? `The secret has fewer than ${MIN_SECRET_BYTES} bytes: it can be guessed.`
    : undefined;

function objectIn(claims: Json, name: string): Json {
  const value = claims[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
