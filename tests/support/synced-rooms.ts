/** A server with rooms whose participants have permissions, as LiveKit keeps them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeLivekit, json, startFakeLivekit } from '../server-parts/fake-livekit.ts';

/** A permission as LiveKit's server writes it. */
export type Permission = Record<string, unknown>;

export interface Person {
  identity: string;
  permission: unknown;
  [field: string]: unknown;
}

/** What a token with the full grant gives. */
export const FULL: Permission = {
  can_subscribe: true,
  can_publish: true,
  can_publish_data: true,
  can_publish_sources: [],
  hidden: false,
  recorder: false,
  can_update_metadata: false,
  agent: false,
  can_subscribe_metrics: false,
  can_manage_agent_session: false,
};

/** What a listener has. */
export const LISTENER: Permission = { ...FULL, can_publish: false, can_publish_data: false };

type Request = { room: string; identity: string; permission?: Permission; revoke_token_ts?: string };

/** Starts a server without rooms. */
export async function startSyncedRooms() {
  const livekit = await startFakeLivekit();
  const rooms = new Map<string, Map<string, Person>>();

  const requestOf = ({ headers }: IncomingMessage) =>
    livekit.calls.find((call) => call.headers === headers)?.body as unknown as Request;
  const found = (
    response: ServerResponse,
    incoming: IncomingMessage,
    act: (room: Map<string, Person>, request: Request) => unknown,
  ) => {
    const request = requestOf(incoming);
    const room = rooms.get(request.room);
    if (room?.has(request.identity)) json(response, 200, act(room, request));
    else json(response, 404, { code: 'not_found', msg: 'participant does not exist' });
  };

  /** Every method answers as LiveKit does. */
  function behave() {
    const { behaviours } = livekit;
    behaviours.clear();
    behaviours.set('ListParticipants', (response, incoming) =>
      json(response, 200, { participants: [...(rooms.get(requestOf(incoming).room)?.values() ?? [])] }),
    );
    behaviours.set('GetParticipant', (response, incoming) =>
      found(response, incoming, (room, { identity }) => room.get(identity)),
    );
    behaviours.set('UpdateParticipant', (response, incoming) =>
      found(response, incoming, (room, { identity, permission }) => {
        const person = { ...room.get(identity), identity, permission };
        room.set(identity, person);
        return person;
      }),
    );
    behaviours.set('RemoveParticipant', (response, incoming) =>
      found(response, incoming, (room, { identity }) => {
        room.delete(identity);
        return {};
      }),
    );
  }

  behave();
  return {
    livekit: livekit as FakeLivekit,
    rooms,
    behave,
    /** Somebody joins a room. */
    join(room: string, identity: string, permission: unknown = FULL, fields: object = {}) {
      const people = rooms.get(room) ?? new Map<string, Person>();
      rooms.set(room, people);
      people.set(identity, {
        sid: `PA_${identity}`,
        identity,
        state: 'ACTIVE',
        kind: 'STANDARD',
        permission,
        ...fields,
      });
    },
    /** The permission of a participant; `undefined` if there is none. */
    permission: (room: string, identity: string) => rooms.get(room)?.get(identity)?.permission,
    /** The calls of a method. */
    calls: (method: string) => livekit.calls.filter(({ path }) => path.endsWith(`/${method}`)).map(({ body }) => body),
    /** No room, no call, no misbehaviour. */
    reset() {
      rooms.clear();
      livekit.calls.length = 0;
      behave();
    },
    stop: () => livekit.stop(),
  };
}

export type SyncedRooms = Awaited<ReturnType<typeof startSyncedRooms>>;
