/** Participants whom the gate would refuse: a LiveKit server admits every token that is valid, also one of before a kick. */
import { LivekitException } from '../../exception.js';
import type { JudgedJoin } from '../../wasm/generated/livekit_edge.js';
import type { Endpoint } from '../endpoint.js';
import { ignoreError } from '../errors.js';
import { mapAtATime } from '../map-at-a-time.js';
import { isRoomName } from '../requests.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { moderates } from '../stores/moderation.js';
import { factsOf, inChannel } from './authorize.js';
import { holdersOf } from './holders.js';

/** What judging needs of an endpoint. */
export type JudgingEndpoint = Pick<Endpoint, 'service' | 'rooms' | 'store' | 'log'>;

/** Participants who are judged at a time. */
const AT_A_TIME = 16;
/** Milliseconds after which no other participant is judged: a call of LiveKit in progress may take ten seconds more. */
const TIMEOUT_MS = 10_000;

/** A participant who joined. */
export interface Joined {
  readonly room: string;
  readonly identity: string;
  /** The default is yes. */
  readonly isPerson?: boolean;
  /** Unix seconds by LiveKit's clock. */
  readonly joinedAt: number;
}

/**
 * Removes a person who joined a channel that they were kicked from, or that was locked before; others stay. Throws 503 if the store does
 * not answer, and 502 and 504 if LiveKit does not remove the participant.
 */
export async function removeRefused(joined: Joined, endpoint: JudgingEndpoint): Promise<void> {
  const { room, identity, isPerson } = joined;
  if (isPerson === false || !isRoomName(room)) return;
  const judged = await judge(joined, endpoint);
  if (judged === 'allowed') return;
  await ignoreError('participant_not_found', endpoint.rooms.removeParticipant(room, identity));
  endpoint.log.info('Removed a refused participant', { identity, roomId: room, reason: judged });
}

/**
 * As {@link removeRefused}, for participants who were found in the room without a webhook. It does not reject: those who could
 * not be judged or removed stay, and their number is logged.
 */
export async function removeRefusedOf(joined: readonly Joined[], endpoint: JudgingEndpoint): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  const failures = await mapAtATime(joined, AT_A_TIME, async (participant) => {
    if (performance.now() > end) return 'late';
    return removeRefused(participant, endpoint).then(
      () => undefined,
      (error: unknown) => (error instanceof LivekitException ? error.code : 'internal'),
    );
  });
  const codes = failures.filter((code) => code !== undefined);
  const [code] = codes;
  if (code === undefined) return;
  endpoint.log.warn('Participants who joined were not judged', { roomId: joined[0]?.room, count: codes.length, code });
}

/** Judges by the facts about the user of that id; if that user is unknown, about each user who holds the identity. */
async function judge(joined: Joined, endpoint: JudgingEndpoint): Promise<JudgedJoin> {
  const isKept = await askStoreOrThrow(endpoint, async (store) => moderates(store));
  if (!isKept) return 'allowed';
  const own = await judgeBy(joined.identity, false, joined, endpoint);
  if (own !== 'holders') return own;
  const holders = await holdersOf(joined, endpoint);
  // Which of them has joined is unknown, so that one who is refused is enough.
  const users = holders.length > 0 ? holders : [joined.identity];
  const judgements = await Promise.all(users.map((userId) => judgeBy(userId, true, joined, endpoint)));
  return judgements.find((judged) => judged !== 'allowed') ?? 'allowed';
}

async function judgeBy(
  userId: string,
  knowsHolders: boolean,
  { room, identity, joinedAt }: Joined,
  endpoint: JudgingEndpoint,
): Promise<JudgedJoin> {
  const facts = await factsOf({ userId }, { ...inChannel(room), identity }, endpoint);
  return endpoint.service.call((rules) => rules.judgeJoin(room, identity, joinedAt, knowsHolders, facts));
}
