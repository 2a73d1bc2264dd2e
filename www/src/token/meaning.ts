/** What each claim and grant means, in one line (LiveKit `protocol/auth/grants.go`; RFC 7519 section 4.1). */

const MEANING: Record<string, string> = {
  iss: 'The API key whose secret signed the token.',
  sub: "The participant's identity. Who joins with an identity that is in the room already takes its place.",
  exp: 'Nobody can connect with it from this time on. Who is in the room stays.',
  nbf: 'Nobody can connect with it before this time.',
  iat: 'When it was issued. A LiveKit server does not look at it.',
  jti: "The token's own name, for audit trails.",
  aud: 'For whom the token is. A LiveKit server does not look at it.',
  identity: 'A repetition of the identity that Go writes; sub is what counts.',
  name: 'The name that others in the room see.',
  metadata: 'Free text for your application. Others in the room can read it.',
  attributes: 'Free keys and values for your application. Others in the room can read them.',
  kind: 'What sort of participant this is. Anything but standard has privileges.',
  kindDetails: 'Details of the kind.',
  sha256: "Digest of a webhook's body: LiveKit's server signs its webhooks with such tokens.",
  roomPreset: 'A room preset of LiveKit Cloud.',
  roomConfig: 'How the room is set up if the holder is the first in it.',
  'video.room': 'The room that the grants are for.',
  'video.roomJoin': 'May join that room.',
  'video.canPublish': 'May send audio and video.',
  'video.canSubscribe': 'May receive what others send.',
  'video.canPublishData': 'May send data messages.',
  'video.canPublishSources': 'The only things that may be sent.',
  'video.canUpdateOwnMetadata': 'May change its own name, metadata and attributes.',
  'video.canSubscribeMetrics': "May read others' metrics.",
  'video.canManageAgentSession': "May manage an agent's session.",
  'video.roomCreate': 'May create and delete any room, not only this one.',
  'video.roomList': 'May list every room.',
  'video.roomRecord': 'May record any room.',
  'video.roomAdmin': 'May mute, remove and update the participants of that room.',
  'video.ingressAdmin': 'May manage every ingress.',
  'video.hidden': 'Is invisible to the others.',
  'video.recorder': 'Counts as a recorder: the room shows that it is being recorded.',
  'video.agent': 'Is an agent, and may register as an agent worker.',
  'video.destinationRoom': 'With roomAdmin: where participants may be forwarded or moved to.',
  'sip.admin': 'May manage telephony: trunks and dispatch rules.',
  'sip.call': 'May make calls.',
  'inference.perform': 'May use hosted models.',
  'observability.write': 'May write observability data.',
  'agent.admin': 'May manage agents.',
};

const DENIED: Record<string, string> = {
  'video.canPublish': 'May send neither audio nor video.',
  'video.canSubscribe': 'Receives nothing that others send.',
  'video.canPublishData': 'May send no data messages.',
  'video.canUpdateOwnMetadata': 'May not change its own name, metadata and attributes.',
};

const TIMES = new Set(['exp', 'nbf', 'iat']);
const GRANTS = new Set(['video', 'sip', 'agent', 'agentEndpoint', 'agentThread', 'inference', 'observability']);

export interface Row {
  /** `exp`, `video.room`. */
  name: string;
  value: string;
  meaning: string;
}

/** One row a claim, and one a grant within a claim. */
export function explainClaims(claims: Record<string, unknown>): Row[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    if (!GRANTS.has(name) || typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [row(name, value)];
    }
    const grants = Object.entries(value).map(([grant, granted]) => row(`${name}.${grant}`, granted));
    return grants.length > 0 ? grants : [{ name, value: '{}', meaning: 'Grants nothing.' }];
  });
}

function row(name: string, value: unknown): Row {
  return { name, value: shown(name, value), meaning: meaningOf(name, value) };
}

function meaningOf(name: string, value: unknown): string {
  if (name === 'video.canPublishSources' && Array.isArray(value) && value.length === 0) {
    return 'Empty means that everything may be sent.';
  }
  const isOwn = Object.hasOwn(MEANING, name);
  if (!isOwn)
    return name.includes('.')
      ? 'A grant that this page does not know.'
      : 'A claim of your own; LiveKit does not read it.';
  if (value === false) return (Object.hasOwn(DENIED, name) && DENIED[name]) || 'Not granted.';
  return MEANING[name] ?? '';
}

function shown(name: string, value: unknown): string {
  if (TIMES.has(name) && typeof value === 'number') return timeText(value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
    return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** In the reader's own time zone, as `2026-11-25 09:30:00`, which is how Swedes write. @param seconds Unix seconds */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : date.toLocaleString('sv-SE');
}
