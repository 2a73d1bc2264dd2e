/** What a LiveKit server accepts and whoever gives the token to a client should look at twice. */
import type { Json } from './decode.ts';

const DAY_SECONDS = 86_400;
const SHORTEST_SECRET_BYTES = 32;

/** What reaches beyond the one room. */
const OF_THE_WHOLE_SERVER: [grant: string, name: string, warning: string][] = [
  ['video', 'roomCreate', 'creates and deletes any room'],
  ['video', 'roomList', 'lists every room'],
  ['video', 'roomRecord', 'records any room'],
  ['video', 'ingressAdmin', 'manages every ingress'],
  ['sip', 'admin', 'manages telephony'],
  ['sip', 'call', 'makes calls at your cost'],
];

/** As sentences, for claims of any shape. */
export function warnings(claims: Json, nowSeconds: number): string[] {
  const video = objectIn(claims, 'video');
  const found = OF_THE_WHOLE_SERVER.filter(([grant, name]) => objectIn(claims, grant)[name] === true).map(
    ([grant, name, warning]) => `${grant}.${name} ${warning}: not for a token that a client gets.`,
  );
  const say = (when: boolean, sentence: string) => when && found.push(sentence);

  say(video['roomAdmin'] === true, 'video.roomAdmin mutes, removes and changes everybody in the room.');
  say(isEmptyList(video['canPublishSources']), 'video.canPublishSources is empty, which means all sources, not none.');
  say(
    video['canPublish'] === false &&
      Array.isArray(video['canPublishSources']) &&
      !isEmptyList(video['canPublishSources']),
    'video.canPublish is false, so canPublishSources has no effect.',
  );
  say(video['hidden'] === true, 'video.hidden: nobody in the room sees this participant.');
  say(video['agent'] === true, 'video.agent lets the holder register as an agent worker.');
  const { kind } = claims;
  say(
    typeof kind === 'string' && kind.toLowerCase() !== 'standard',
    'kind is taken from the token as it is: agents, egress and their like have privileges.',
  );
  const { exp } = claims;
  say(
    typeof exp === 'number' && exp - nowSeconds > DAY_SECONDS,
    'It lives for more than a day: whoever finds it can join until then.',
  );
  say(claims['nbf'] === undefined, 'nbf is missing: LiveKit Cloud cannot revoke such a token.');
  say(
    claims['video'] === undefined && claims['sip'] === undefined,
    'It grants nothing in rooms: there is no video claim.',
  );
  say(
    claims['video'] !== undefined && video['roomJoin'] !== true,
    'video.roomJoin is not granted: nobody can join with it.',
  );
  return found;
}

/** For a secret that somebody typed. */
export const secretWarning = (secret: string): string | undefined =>
  new TextEncoder().encode(secret).length < SHORTEST_SECRET_BYTES
    ? `This secret has fewer than ${SHORTEST_SECRET_BYTES} bytes; outside a demo, use a longer one.`
    : undefined;

function objectIn(claims: Json, name: string): Json {
  const value = claims[name];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
