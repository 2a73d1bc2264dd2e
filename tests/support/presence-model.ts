/** Who is in a room, worked out the slow and obvious way from all events at once. */
import type { PresenceChange } from 'livekit-edge/server';

/** As a store lists them. */
export interface Present {
  identity: string;
  name: string;
  joinedAt: number;
}

/** The participants in the room after these events, in any order. */
export function presentIn(room: string, events: readonly PresenceChange[]): Present[] {
  const ended = new Set(events.filter(({ change }) => change === 'ended').map(({ roomSid }) => roomSid));
  const last = new Map<string, PresenceChange>();
  for (const event of [...events].sort(earlierFirst)) {
    if (event.participant !== null) last.set(`${event.roomSid} ${event.participant.sid}`, event);
  }
  const here = [...last.values()].filter((event) => event.room === room);
  // One start runs at a time: what happened in another, and more than a minute later, happened after this one's end.
  const isOvertaken = ({ roomSid, createdAt }: PresenceChange) =>
    here.some((other) => other.roomSid !== roomSid && other.createdAt > createdAt + 60);
  const inside = here.filter((event) => event.change === 'joined' && !ended.has(event.roomSid) && !isOvertaken(event));
  const byIdentity = new Map<string, PresenceChange>();
  for (const event of inside.sort(olderJoiningFirst)) byIdentity.set(participant(event).identity, event);
  return [...byIdentity.values()]
    .map((event) => ({ ...who(event), joinedAt: event.createdAt }))
    .sort((a, b) => a.joinedAt - b.joinedAt || compare(a.identity, b.identity));
}

function participant(event: PresenceChange) {
  if (event.participant === null) throw new Error('nobody');
  return event.participant;
}

function who(event: PresenceChange) {
  const { identity, name } = participant(event);
  return { identity, name };
}

/** Text by its bytes, as databases have it. */
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const earlierFirst = (a: PresenceChange, b: PresenceChange) =>
  a.createdAt - b.createdAt ||
  Number(a.change === 'left') - Number(b.change === 'left') ||
  compare(a.participant?.name ?? '', b.participant?.name ?? '');

const olderJoiningFirst = (a: PresenceChange, b: PresenceChange) =>
  a.createdAt - b.createdAt || compare(a.roomSid, b.roomSid) || compare(participant(a).sid, participant(b).sid);
