/** Participants whom the gate would refuse: a LiveKit server admits every token that is valid, also one of before a kick. */
import { LivekitException } from '../../exception.js';
import type { Endpoint } from '../endpoint.js';
import { storeUnavailable } from '../errors.js';
import { isRoomName } from '../requests.js';
import { askStore } from '../stores/ask.js';
import { moderates } from '../stores/moderation.js';
import type { PresenceChange } from '../stores/store.js';
import { factsOf, inChannel } from './authorize.js';
import { holdersOf } from './holders.js';

/** What becomes of a participant who joined; `holders`: the users who hold the identity decide. */
type JudgedJoin = 'allowed' | 'kicked' | 'locked' | 'holders';

/** A participant who joined. */
interface Joined {
  readonly room: string;
  readonly identity: string;
  /** Unix seconds by LiveKit's clock. */
  readonly joinedAt: number;
}

/**
 * Removes a person who joined a channel that they were kicked from, or that was locked before; agents stay. Throws 503 if the store does
 * not answer, and 502 and 504 if LiveKit does not remove the participant.
 */
export async function removeRefused(
  { change, room, createdAt, participant }: PresenceChange,
  endpoint: Endpoint,
): Promise<void> {
  if (change !== 'joined' || participant === null || participant.isAgent === true || !isRoomName(room)) return;
  const { identity } = participant;
  const judged = await judge({ room, identity, joinedAt: createdAt }, endpoint);
  if (judged === 'allowed') return;
  try {
    await endpoint.rooms.removeParticipant(room, identity);
  } catch (error) {
    if (!(error instanceof LivekitException && error.code === 'participant_not_found')) throw error;
  }
  endpoint.log.info('Removed a refused participant', { identity, roomId: room, reason: judged });
}

/** Judges by the facts about the user of that id; if there is none, about each user who holds the identity. */
async function judge(joined: Joined, endpoint: Endpoint): Promise<JudgedJoin> {
  const isKept = await askStore(endpoint, async (store) => moderates(store));
  if (isKept === null) throw storeUnavailable();
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
  endpoint: Endpoint,
): Promise<JudgedJoin> {
  const facts = await factsOf({ userId }, { ...inChannel(room), identity }, endpoint);
  return endpoint.service.call((rules) => rules.judgeJoin(room, identity, joinedAt, knowsHolders, facts));
}
