/** Explains each claim and grant in one sentence (LiveKit `protocol/auth/grants.go`; RFC 7519 section 4.1). */

/** Sentences by the name of a claim (`exp`), or of a claim and a grant (`video.room`). */
export const MEANING: Readonly<Record<string, string>> = {
  iss: 'The API key whose secret signed the token.',
  sub: "The participant's identity. A participant that joins replaces one of the same identity.",
  exp: 'From this time on the token cannot be used to connect. A participant in the room stays.',
  nbf: 'Before this time the token cannot be used to connect.',
  iat: 'When the token was issued. A LiveKit server ignores it.',
  jti: 'The id of the token, for audit trails.',
  aud: 'The audience of the token. A LiveKit server ignores it.',
  identity: 'A copy of the identity that the Go SDK adds. LiveKit uses sub.',
  name: 'The display name, which other participants see.',
  metadata: 'Text for your application, which other participants can read.',
  attributes: 'Keys and values for your application, which other participants can read.',
  kind: 'The kind of participant. Every kind but standard has privileges.',
  kindDetails: 'Details of the kind.',
  sha256: "Digest of a webhook's body: a LiveKit server signs its webhooks with such tokens.",
  roomPreset: 'A room preset of LiveKit Cloud.',
  roomConfig: 'Configuration that LiveKit creates the room with, if the participant is the first to join.',
  'video.room': 'The room that the grants are for.',
  'video.roomJoin': 'May join the room.',
  'video.canPublish': 'May publish audio and video.',
  'video.canSubscribe': 'May subscribe to tracks of other participants.',
  'video.canPublishData': 'May send data messages.',
  'video.canPublishSources': 'The sources that may be published.',
  'video.canUpdateOwnMetadata': 'May change its own name, metadata and attributes.',
  'video.canSubscribeMetrics': 'May read metrics of other participants.',
  'video.canManageAgentSession': "May manage an agent's session.",
  'video.roomCreate': 'May create and delete any room.',
  'video.roomList': 'May list every room.',
  'video.roomRecord': 'May record any room.',
  'video.roomAdmin': 'May mute, remove and update the participants of the room.',
  'video.ingressAdmin': 'May manage every ingress.',
  'video.hidden': 'Is invisible to other participants.',
  'video.recorder': 'Is a recorder: LiveKit marks the room as being recorded.',
  'video.agent': 'Is an agent, and may register as an agent worker.',
  'video.destinationRoom': 'The room that participants may be forwarded or moved to, with roomAdmin.',
  'sip.admin': 'May manage telephony: trunks and dispatch rules.',
  'sip.call': 'May make outbound calls.',
  'inference.perform': 'May use hosted models.',
  'observability.write': 'May write observability data.',
  'agent.admin': 'May manage agents.',
  'agent.simulationAdmin': 'May manage agent simulations.',
  'agent.databaseAdmin': 'May manage agent databases.',
  'agent.dispatchAdmin': 'May manage agent dispatches.',
  'agentEndpoint.call': 'May call agent endpoints.',
  'agentEndpoint.agentName': 'The agent whose endpoints may be called; empty means all.',
  'agentEndpoint.deployment': 'The deployment whose endpoints may be called; empty means all.',
  'agentThread.all': 'May use the threads of every scope.',
  'agentThread.scope': 'The scope of the threads that may be used.',
  'agentThread.threadIds': 'The threads that may be used.',
  'agentThread.list': "May list agents' threads.",
  'agentThread.create': "May create agents' threads.",
  'agentThread.write': "May write to agents' threads.",
  'agentThread.read': "May read agents' threads.",
  'agentThread.delete': "May delete agents' threads.",
};

/** Sentences for grants whose value `false` denies something. */
const DENIED: Readonly<Record<string, string>> = {
  'video.canPublish': 'May publish neither audio nor video.',
  'video.canSubscribe': 'May not subscribe to tracks of other participants.',
  'video.canPublishData': 'May not send data messages.',
  'video.canUpdateOwnMetadata': 'May not change its own name, metadata and attributes.',
};

const TIMES = new Set(['exp', 'nbf', 'iat']);
const GRANTS = new Set(['video', 'sip', 'agent', 'agentEndpoint', 'agentThread', 'inference', 'observability']);

/** A claim, or a grant in a claim. */
export interface ExplainedClaim {
  /** Name, such as `exp` or `video.room`. */
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/**
 * Explains each claim, and each grant in a claim.
 *
 * @param timeText - formats a time in Unix seconds
 */
export function explainClaims(
  claims: Readonly<Record<string, unknown>>,
  timeText: (seconds: number) => string,
): ExplainedClaim[] {
  const row = (name: string, value: unknown) => ({
    name,
    value: valueText(name, value, timeText),
    meaning: explain(name, value),
  });
  return Object.entries(claims).flatMap(([name, value]) => {
    if (!GRANTS.has(name) || typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [row(name, value)];
    }
    const grants = Object.entries(value).map(([grant, granted]) => row(`${name}.${grant}`, granted));
    return grants.length > 0 ? grants : [{ name, value: '{}', meaning: 'Grants nothing.' }];
  });
}

function explain(name: string, value: unknown): string {
  if (name === 'video.canPublishSources' && Array.isArray(value) && value.length === 0) {
    return 'Empty means that every source may be published.';
  }
  if (!Object.hasOwn(MEANING, name)) {
    return name.includes('.') ? 'An unknown grant.' : "A claim of your application's own. A LiveKit server ignores it.";
  }
  if (value === false) return (Object.hasOwn(DENIED, name) && DENIED[name]) || 'Not granted.';
  return MEANING[name] ?? '';
}

function valueText(name: string, value: unknown, timeText: (seconds: number) => string): string {
  if (TIMES.has(name) && typeof value === 'number') return timeText(value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')) {
    return value.join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
