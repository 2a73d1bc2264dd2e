/** Rooms of a fake LiveKit server, and what it answers when these and their participants are listed. */
import { type Behaviour, type FakeLivekit, json } from '../server-parts/fake-livekit.ts';

/** A participant as LiveKit lists one; Twirp's JSON has the names of the protocol. */
export const listedParticipant = (sid: string, identity: string, changes: Record<string, unknown> = {}) => ({
  sid,
  identity,
  name: identity,
  state: 'ACTIVE',
  joined_at: '1760000000',
  kind: 'STANDARD',
  permission: { can_subscribe: true },
  tracks: [],
  ...changes,
});

/** Rooms that run, by name. */
export type ListedRooms = Map<string, { sid: string; participants: object[] }>;

/** Lets a fake server list rooms. `during` is done after the server has looked who is in a room, and before it answers. */
export function listRoomsOn({ behaviours, calls }: FakeLivekit, during: () => Promise<void> = async () => {}) {
  const rooms: ListedRooms = new Map();
  // Of the request that is just being answered.
  const body = () => calls.at(-1)?.body ?? {};
  const listRooms: Behaviour = (response) => {
    const { names } = body();
    const isAsked = (name: string) => !Array.isArray(names) || names.length === 0 || names.includes(name);
    const running = [...rooms].filter(([name]) => isAsked(name));
    json(response, 200, {
      rooms: running.map(([name, { sid, participants }]) => ({ sid, name, num_participants: participants.length })),
    });
  };
  const listParticipants: Behaviour = async (response) => {
    const participants = [...(rooms.get(String(body()['room']))?.participants ?? [])];
    await during();
    json(response, 200, { participants });
  };
  const behave = () => {
    behaviours.set('ListRooms', listRooms).set('ListParticipants', listParticipants);
  };
  behave();
  return { rooms, behave };
}
