/** A room of a test's own, and the events about it in a few words. */
import assert from 'node:assert/strict';
import type { PresenceChange, Store } from 'livekit-edge/server';
import type { Present } from './presence-model.ts';

let rooms = 0;
let asked = 0;

/** An event in a few words; sids and ids are the room's own. */
export interface Told {
  change: PresenceChange['change'];
  at: number;
  /** Which start of the room; the first unless said. */
  start?: string;
  /** The participant's sid, identity and name; the identity is the sid's first letter unless said. */
  sid?: string;
  identity?: string;
  name?: string;
  /** No, unless said. */
  isAgent?: boolean;
  /** The event's id; a new one unless said. */
  id?: string;
}

export type Room = ReturnType<typeof newRoom>;

/** A room with a name that no other test has. */
export function newRoom(store: Required<Store>) {
  rooms += 1;
  const room = `room-${rooms}`;
  let events = 0;

  function event({ change, at, start = '1', sid, identity = sid?.charAt(0), name, isAgent, id }: Told): PresenceChange {
    events += 1;
    const participant =
      sid === undefined || identity === undefined
        ? null
        : {
            sid: `PA_${room}_${sid}`,
            identity,
            name: name ?? `${identity}'s name`,
            ...(isAgent === undefined ? {} : { isAgent }),
          };
    const eventId = `EV_${room}_${id ?? `new-${events}`}`;
    return { eventId, createdAt: at, change, room, roomSid: `RM_${room}_${start}`, participant };
  }

  return {
    name: room,
    event,
    /** Tells the store of events, one after another. */
    async tell(...told: Told[]) {
      for (const one of told) await store.applyPresence(event(one));
    },
    /** Notes a mute of this connection, asked for later than every one before unless said. */
    mute: (sid: string, isServerMuted = true, askedAt = ++asked) =>
      store.setServerMuted({
        room,
        identity: sid.charAt(0),
        participantSid: `PA_${room}_${sid}`,
        isServerMuted,
        askedAt,
      }),
    /** Who is there, as the store lists them. */
    async present(): Promise<(Present & Flags)[]> {
      return (await store.presence(room)).map(checked);
    },
    /** `identity@joinedAt`, with an `!` for who is muted, and an `*` for an agent. */
    async listed(): Promise<string> {
      const present = (await store.presence(room)).map(checked);
      const flags = (one: Flags) => `${one.isServerMuted ? '!' : ''}${one.isAgent ? '*' : ''}`;
      return present.map((one) => `${one.identity}@${one.joinedAt}${flags(one)}`).join(' ');
    },
  };
}

interface Flags {
  isServerMuted: boolean;
  isAgent: boolean;
}

/** A row of exactly the documented members and types, with its flags as such. */
function checked(row: object): Present & Flags {
  assert.deepEqual(Object.keys(row).sort(), ['identity', 'isAgent', 'isServerMuted', 'joinedAt', 'name']);
  const { identity, name, joinedAt, isServerMuted, isAgent } = row as Present & Flags;
  assert.equal(typeof identity, 'string');
  assert.equal(typeof name, 'string');
  assert.ok(Number.isSafeInteger(joinedAt), `${joinedAt} is not an integer`);
  for (const flag of [isServerMuted, isAgent]) assert.ok([true, false, 1, 0].includes(flag), `${flag} is no flag`);
  return { identity, name, joinedAt, isServerMuted: Boolean(isServerMuted), isAgent: Boolean(isAgent) };
}
