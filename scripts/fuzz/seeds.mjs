// Writes the first inputs of each fuzz target, from the vectors that every runtime is tested with: the tokens, requests and webhooks
// to which the answers are known.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

/** The vectors' API key and the first digits of their time, and those of fuzz/src/checks/keyed.rs. */
const REPLACED = /** @type {const} */ ([
  ['APIruntimes', 'devkey'],
  ['17600', '17000'],
]);

/** @param {string} name */
const vectors = (name) => JSON.parse(readFileSync(join(root, 'tests', 'vectors', name), 'utf8'));
/** @param {string} text */
const translated = (text) => REPLACED.reduce((text, [from, to]) => text.replaceAll(from, to), text);
/** @param {string} part */
const decode = (part) => Buffer.from(part, 'base64url').toString();

/**
 * A field of each vector, where it is a string.
 * @param {Record<string, unknown>[]} list
 * @param {string} field
 * @returns {string[]}
 */
const strings = (list, field) => list.map((vector) => vector[field]).filter((value) => typeof value === 'string');

/**
 * A field of each vector as JSON, where it is an object.
 * @param {Record<string, unknown>[]} list
 * @param {string} field
 * @returns {string[]}
 */
const objects = (list, field) =>
  list.flatMap(({ [field]: value }) => (typeof value === 'object' ? [JSON.stringify(value)] : []));

/**
 * Inputs of each target.
 * @returns {Record<string, string[]>}
 */
function seeds() {
  const [tokens, requests, webhooks] = ['tokens.json', 'requests.json', 'webhooks.json'].map(vectors);
  const [bodies, claims, events] = ['create-token-bodies.json', 'claims.json', 'livekit-webhooks.json'].map(vectors);
  const signed = strings([...tokens.accepted, ...tokens.refused], 'token');
  const parts = [...signed, ...strings(webhooks.accepted, 'header')]
    .map((token) => token.replace('Bearer ', '').split('.'))
    .filter(({ length }) => length === 3)
    .map(([header = '', payload = '']) => ({ header, payload }));
  const all = [claims.all, ...claims.alternatives];
  const payloads = [
    ...parts.map(({ payload }) => decode(payload)),
    ...objects(tokens.minted, 'claims'),
    ...all.map((one) => JSON.stringify({ iss: 'devkey', exp: 1_700_000_600, ...one })),
  ].map(translated);
  const asked = objects([...requests.granted, ...requests.refused], 'request');
  return {
    bodies: [...asked, ...bodies.notJson, ...bodies.notObject, ...SOURCES],
    claims: [...payloads, ...objects(tokens.notMinted, 'given'), ...all.map((one) => JSON.stringify(one))],
    facts: ROWS,
    json: [...bodies.notJson, ...payloads, ...asked],
    jws: [...parts.flatMap(({ header, payload }) => [decode(header), `${header}.${payload}`]), ...signed],
    names: NAMES,
    reconciliation: COMPARED,
    settings: SETTINGS,
    sync: SYNCED,
    token: [
      ...payloads.map((payload) => `0${payload}`),
      ...parts.map(({ header, payload }) => `1${decode(header)}\n${translated(decode(payload))}`),
      ...signed.map((token) => `2${token}`),
    ],
    user_token: [...payloads, ...USERS],
    webhook: [
      ...strings(webhooks.accepted, 'body').map(translated),
      ...Object.values(events)
        .flat()
        .map((event) => JSON.stringify(event)),
      ...LISTS,
    ],
  };
}

const SOURCES = [
  '{"room_name":"r","participant_identity":"u","participant_name":"n","participant_metadata":"m","participant_attributes":{"a":"b"}}',
  '{"roomName":"r","roomConfig":{"agents":[{"agentName":"a","metadata":"m"}]}}',
  '{"room_name":"r","room_config":{"agents":[{"agent_name":"b"}],"emptyTimeout":7}}',
  '{"participantIdentity":"user-789","mute":true}',
  '{"participantIdentity":"user-789","durationSeconds":60,"locked":true}',
];
const ROW =
  '{"userId":"u","role":"USER","banned":0,"tokenRevoked":0,"channelId":"r","isPrivate":1,"isMember":1,"groupId":"r","actions":["JOIN_CHANNEL","READ_CHANNEL","MUTE_PARTICIPANT"],"banActive":null,"banEnds":null,"timeoutEnds":null,"identityIsUser":0}';
const OVERWRITES =
  '"hasRole":1,"voiceByRole":1,"overwrites":[{"targetType":"ROLE","allow":["JOIN_CHANNEL","SPEAK"],"deny":["VIDEO"]},{"targetType":"MEMBER","allow":[],"deny":["SCREEN_SHARE"]}]';
const ROWS = [
  ROW,
  ROW.replace('"USER"', '"OWNER"'),
  ROW.replace('"banActive":null', '"banActive":true').replace('"banEnds":null', '"banEnds":1700000001'),
  ROW.replace('"timeoutEnds":null', '"timeoutEnds":1700000001'),
  ROW.replace('"groupId":"r"', '"groupId":"r","groupIsChannel":0,"sessionRevoked":0,"revokedUntil":1699999000'),
  ROW.replace('"actions"', `${OVERWRITES},"actions"`),
  ROW.replace('"MUTE_PARTICIPANT"', '"KICK_USER","UPDATE_CHANNEL"').replace(
    '"groupId":"r"',
    '"groupId":"r","lockedAt":1',
  ),
  ROW.replace(
    '"groupId":"r"',
    '"groupId":"r","kickedUntil":1700000001,"identityKickedUntil":1700000001,"lockedAt":null',
  ),
];
const NAMES = [
  'user-456',
  '1.5 hours',
  '2 days from now',
  '10m',
  '1700000000.user-456',
  'camera',
  '{"emptyTimeout":7,"agents":[{"agentName":"a"}],"egress":{"room":{"advanced":{"keyFrameInterval":4.5}}}}',
  '{"egress":{"participant":{"preset":"H264_720P_30","fileOutputs":[{"filepath":"f","s3":{"bucket":"b","accessKey":"k"}}]}}}',
];
const SETTINGS = [
  'LIVEKIT_API_KEY=devkey\nLIVEKIT_API_SECRET=~~~\nLIVEKIT_URL=wss://livekit.example\nLIVEKIT_TOKEN_TTL=3600\nLIVEKIT_MAX_TTL=86400',
  'LIVEKIT_KEYS=new: ~~~\\nold: ~ # comment\\n"quoted": \'~~\'\nLIVEKIT_URL=wss://a.example:7880/path\nJWT_SECRETS=~~~\\n~',
  'LIVEKIT_SERVERS=[{"name":"eu","url":"wss://eu.example","internalUrl":"http://10.0.0.1:7880","keys":[{"apiKey":"k","apiSecret":"~~~"}]}]',
  'LIVEKIT_GRANTS=role\nLIVEKIT_IDENTITY_POLICY=own\nLIVEKIT_AGENTS=a,b\nLIVEKIT_CREATE_ROOMS=true\nLIVEKIT_TOKEN_JTI=1\nLIVKIT_API_KEY=x',
  'JWT_SECRET=~~~\nJWT_JWKS_URL=https://idp.example/jwks\nJWT_ISSUER=idp\nJWT_AUDIENCE=a, b\nJWT_CLIENT_ID=web\nJWT_ALGORITHMS=RS256,ES256\nJWT_LEEWAY=30',
  'LOG_LEVEL=info\nHOST=127.0.0.1\nPORT=8787\nSQLITE_PATH=kraken.sqlite\nDATABASE_URL=postgres://user:~@db.example:5432/kraken?sslmode=require',
  'postgres://user:~@db.example:5432/kraken?sslmode=verify-full&schema=public&connection_limit=5&pgbouncer=true&search_path=a',
];
const LISTS = [
  '{"event":"egress_ended","egressInfo":{"egressId":"EG_1","roomName":"r","status":"EGRESS_COMPLETE","endedAt":"1700000000000000000","fileResults":[{"filename":"f","location":"https://b.example/f?sig=x","size":"1"}]}}',
  '{"egressId":"EG_1","roomName":"r","status":"EGRESS_COMPLETE","fileResults":[{"filename":"f","location":"https://b.example/f?sig=x"}]}',
  '{"s3":{"bucket":"b","accessKey":"a","secret":"s","forcePathStyle":true,"proxy":{"url":"p"}}}',
  '[]',
  '[{"sid":"PA_1","identity":"u","state":"ACTIVE","joined_at":"1700000000","kind":"STANDARD"},{"sid":"PA_2","identity":"a","state":"JOINED","joinedAt":1,"kind":"AGENT"}]',
];
const COMPARED = [
  '{"room":"RM_1","listed":[{"sid":"PA_1","identity":"u","state":"ACTIVE","joined_at":"1700000000","kind":0},{"sid":"PA_2","identity":"v","state":2,"joinedAt":1,"kind":"SIP"}],"stored":[{"roomSid":"RM_1","participantSid":"PA_1","changedAt":7},{"roomSid":"RM_0","participantSid":"PA_0","changedAt":7}]}',
  '{"room":"RM_1","listed":[{"sid":"PA_1","identity":"u","kind":"EGRESS"},{"sid":"PA_1","identity":"u","permission":{"hidden":true}},{"sid":"PA_1","identity":"u","state":"JOINED"},{"sid":"PA_1","identity":"u","state":"DISCONNECTED"}],"stored":[]}',
  '{"room":null,"listed":[],"stored":[{"roomSid":"RM_1","participantSid":"PA_1","changedAt":1}]}',
];
const SYNCED = [
  '{"kind":0,"state":"ACTIVE","permission":{"can_subscribe":true,"canPublish":true,"can_publish_sources":["CAMERA",2],"hidden":false,"recorder":true},"wanted":[{"canPublishSources":["camera"],"canSubscribeMetrics":false},{"canSubscribe":false,"canPublishData":true}]}',
  '{"permission":{"can_subscribe":true,"can_publish":true,"can_publish_data":true},"wanted":[{}]}',
  '{"kind":"STANDARD","permission":{"hidden":true,"canManageAgentSession":true,"can_update_metadata":true},"wanted":[{"canPublish":false,"canUpdateOwnMetadata":true},null]}',
  '{"permission":{"can_publish_sources":["UNKNOWN",9]},"wanted":[{"canPublishSources":["microphone","screen_share_audio"]},{"canPublishSources":["screen_share"]}]}',
];
const USERS = [
  '{"sub":"user-456","exp":1700000060,"jti":"t","sid":"s","iat":1699999999,"nbf":1699999999.5}',
  '{"iss":"idp","aud":["kraken"],"azp":"web","client_id":"web","sub":"u","exp":1700000060}',
  'RS256,ES256,EdDSA,Ed25519,PS512',
];

/**
 * Writes the inputs of each target into a folder of its own.
 * @param {string} folder
 */
export function writeSeeds(folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const [target, inputs] of Object.entries(seeds())) {
    mkdirSync(join(folder, target), { recursive: true });
    for (const input of inputs) {
      const name = createHash('sha1').update(input).digest('hex');
      writeFileSync(join(folder, target, name), input);
    }
  }
}
