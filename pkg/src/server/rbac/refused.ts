/**
 * Removes participants who joined although they were kicked or the channel is locked. A LiveKit server accepts every
 * valid token, also one from before the kick.
 */
import { LivekitException } from '../../exception.js';
import type { JudgedJoin } from '../../wasm/generated/livekit_edge.js';
import type { Endpoint } from '../endpoint.js';
import { ignoreError } from '../errors.js';
import { mapAtATime } from '../map-at-a-time.js';
import { isRoomName } from '../requests.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { moderates } from '../stores/moderation.js';
import { inChannel, readFacts } from './authorize.js';
import { findHolders } from './holders.js';

/** The part of an endpoint that judging needs. */
export type JudgingEndpoint = Pick<Endpoint, 'service' | 'rooms' | 'store' | 'log'>;

/** Maximum number of participants that are judged concurrently. */
const AT_A_TIME = 16;
/** Milliseconds after which no other participant is judged. A call of LiveKit in progress may take ten more seconds. */
const TIMEOUT_MS = 10_000;

/** A participant who joined. */
export interface Joined {
  readonly room: string;
  readonly identity: string;
  /** Whether the participant is a person; the default is true. */
  readonly isPerson?: boolean;
  /** Time of joining in Unix seconds, by LiveKit's clock. */
  readonly joinedAt: number;
}

/**
 * Removes a person who joined a channel after being kicked from it, or after it was locked; other participants stay.
 * Throws 503 if the store does not answer, and 502 or 504 if LiveKit does not remove the participant.
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
 * As {@link removeRefused}, for participants who were found in the room without a join event. It never rejects:
 * participants who could not be judged or removed stay, and their number is logged.
 */
export async function removeRefusedWithoutEvent(joined: readonly Joined[], endpoint: JudgingEndpoint): Promise<void> {
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

/**
 * Judges a participant by the facts about the user with that id or, if there is none, about each holder of the
 * identity.
 */
async function judge(joined: Joined, endpoint: JudgingEndpoint): Promise<JudgedJoin> {
  const isKept = await askStoreOrThrow(endpoint, async (store) => moderates(store));
  if (!isKept) return 'allowed';
  const own = await judgeBy(joined.identity, false, joined, endpoint);
  if (own !== 'holders') return own;
  const holders = await findHolders(joined, endpoint);
  // It is unknown which holder has joined, so that a refusal of any of them counts.
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
  const facts = await readFacts({ userId }, { ...inChannel(room), identity }, endpoint);
  return endpoint.service.call((rules) => rules.judgeJoin(room, identity, joinedAt, knowsHolders, facts));
}
