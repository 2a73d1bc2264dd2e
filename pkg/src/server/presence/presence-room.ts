/** The Durable Object of a watched room: reads it once for all who watch it, at whichever location. */
import { createLogFrom } from '../log.js';
import { askStore } from '../stores/ask.js';
import type { Store } from '../stores/store.js';
import { coalesced } from './coalesced.js';
import { LAST_EVENT_HEADER, USER_HEADER } from './durable-feeds.js';
import { EventLog, newLogId, type SavedLog } from './event-log.js';
import { MAX_WATCHERS, MAX_WATCHERS_OF_USER } from './feeds.js';
import { presentIn } from './participant.js';
import { REREAD_MS, RETRY_MS } from './room-feed.js';

/** Maximum length of a saved log in UTF-16 units: a value has at most 2 MB. */
const MAX_SAVED = 900_000;

/** The part of a Durable Object's state that is used. */
export interface PresenceRoomState {
  /** What is kept while the object is not in memory. */
  readonly storage: {
    /** A value. */
    get(key: string): Promise<unknown>;
    /** Keeps a value. */
    put(key: string, value: unknown): Promise<void>;
    /** Forgets a value. */
    delete(key: string): Promise<boolean>;
    /** Forgets everything. */
    deleteAll(): Promise<void>;
    /** Calls `alarm` at that time, Unix milliseconds. */
    setAlarm(time: number): Promise<void>;
  };
  /** Keeps a WebSocket open while the object is not in memory. */
  acceptWebSocket(socket: PresenceSocket, tags: string[]): void;
  /** The open WebSockets, or those with a tag. */
  getWebSockets(tag?: string): PresenceSocket[];
}

/** A WebSocket of the Durable Object. */
export interface PresenceSocket {
  /** Sends a text. */
  send(text: string): void;
  /** Closes it. */
  close(code?: number): void;
}

/** A Durable Object for the binding `PRESENCE_ROOM`. */
export interface PresenceRoomObject {
  /** A signal, or the WebSocket of a watcher. */
  fetch(request: Request): Promise<Response>;
  /** Reads the room, in case a signal was lost. */
  alarm(): Promise<void>;
  /** A watcher is gone. */
  webSocketClose(socket: PresenceSocket): void;
}

/** A class of Durable Objects that read rooms from a store. */
export type PresenceRoomClass<Bindings> = new (state: PresenceRoomState, env: Bindings) => PresenceRoomObject;

declare const WebSocketPair: new () => { 0: PresenceSocket; 1: PresenceSocket };

/**
 * The class of Durable Objects for a Worker with a store of its own. Export it under the name that `wrangler.jsonc` has.
 *
 * @example
 * ```ts
 * import { durableFeeds, type PresenceNamespace, presenceRoom } from 'livekit-edge/cloudflare';
 * import { livekit } from 'livekit-edge/server';
 * import { postgresStore } from 'livekit-edge/stores/postgres';
 *
 * type Env = { HYPERDRIVE: { connectionString: string }; PRESENCE_ROOM: PresenceNamespace };
 * const store = ({ HYPERDRIVE }: Env) => postgresStore(HYPERDRIVE.connectionString);
 *
 * export const PresenceRoom = presenceRoom(store);
 * export default livekit<Env>({ store, presenceFeeds: ({ PRESENCE_ROOM }) => durableFeeds(PRESENCE_ROOM) });
 * ```
 */
export const presenceRoom = <Bindings extends object>(store: (env: Bindings) => Store): PresenceRoomClass<Bindings> =>
  class PresenceRoom implements PresenceRoomObject {
    readonly #state: PresenceRoomState;
    readonly #env: Bindings;
    readonly #refresh = coalesced(() => this.#readAndSend());
    #room = '';
    #log: EventLog | undefined;

    constructor(state: PresenceRoomState, env: Bindings) {
      this.#state = state;
      this.#env = env;
    }

    async fetch(request: Request): Promise<Response> {
      this.#room = new URL(request.url).searchParams.get('room') ?? '';
      if (request.headers.get('Upgrade') === 'websocket') return this.#watch(request.headers);
      // Not awaited: who has changed presence need not wait for those who watch.
      if (this.#state.getWebSockets().length > 0) this.#refresh().catch(() => {});
      return new Response(null, { status: 204 });
    }

    async alarm(): Promise<void> {
      if (this.#state.getWebSockets().length === 0) {
        this.#log = undefined;
        await this.#state.storage.deleteAll();
      } else {
        await this.#refresh();
      }
    }

    webSocketClose(socket: PresenceSocket): void {
      socket.close();
    }

    async #watch(headers: Headers): Promise<Response> {
      const tag = await digest(headers.get(USER_HEADER) ?? '');
      // While the room has no watchers its changes are not read.
      if (this.#log === undefined || this.#state.getWebSockets().length === 0) await this.#refresh();
      const log = this.#log;
      if (log === undefined) return new Response(null, { status: 503 });
      // Nothing is awaited from here on, so that no change is missed and no watcher uncounted.
      if (this.#state.getWebSockets().length >= MAX_WATCHERS) return new Response(null, { status: 509 });
      if (this.#state.getWebSockets(tag).length >= MAX_WATCHERS_OF_USER) return new Response(null, { status: 429 });
      const { 0: client, 1: server } = new WebSocketPair();
      this.#state.acceptWebSocket(server, [tag]);
      const lastEventId = headers.get(LAST_EVENT_HEADER);
      for (const text of log.since(lastEventId === null ? undefined : decodeURIComponent(lastEventId))) {
        server.send(text);
      }
      return new Response(null, { status: 101, webSocket: client } as ResponseInit);
    }

    async #readAndSend(): Promise<void> {
      const { storage } = this.#state;
      const known = this.#log ?? (await this.#saved());
      this.#log = known;
      const log = createLogFrom(this.#env);
      const present = await askStore({ store: () => store(this.#env), log }, (opened) => presentIn(this.#room, opened));
      await storage.setAlarm(Date.now() + (present === null ? RETRY_MS : REREAD_MS));
      if (present === null) return;
      this.#log = known ?? new EventLog(this.#room, { id: newLogId(), ...present });
      // A new log: its watchers lack the events before, and get a snapshot.
      const texts = known === undefined ? this.#log.since(undefined) : this.#log.apply(present);
      for (const text of texts) this.#sendToAll(text);
      if (texts.length > 0) await this.#save(this.#log);
    }

    #sendToAll(text: string): void {
      for (const socket of this.#state.getWebSockets()) {
        try {
          socket.send(text);
        } catch {
          // It is closing.
        }
      }
    }

    async #saved(): Promise<EventLog | undefined> {
      const { storage } = this.#state;
      const room = await storage.get('room');
      if (typeof room !== 'string') return undefined;
      this.#room = room;
      const saved = await storage.get('log');
      return typeof saved === 'string' ? new EventLog(room, JSON.parse(saved) as SavedLog) : undefined;
    }

    /** A log that is too large to be kept begins anew when the object does. */
    async #save(log: EventLog): Promise<void> {
      const { storage } = this.#state;
      const text = JSON.stringify(log.save());
      await storage.put('room', this.#room);
      if (text.length <= MAX_SAVED) await storage.put('log', text);
      else await storage.delete('log');
    }
  };

/** A tag of at most 256 characters for any user. */
async function digest(user: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(user)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
