/** The Durable Object of a watched room. It reads the room once for all watchers at all locations. */
import { createLogFrom } from '../log.js';
import { askStore } from '../stores/ask.js';
import type { Store } from '../stores/store.js';
import { coalesced } from './coalesced.js';
import { LAST_EVENT_HEADER, USER_HEADER } from './durable-feeds.js';
import { EventLog, newLogId, type SavedLog } from './event-log.js';
import { MAX_WATCHERS, MAX_WATCHERS_OF_USER } from './feeds.js';
import { presentIn } from './participant.js';
import { REREAD_MS, RETRY_MS } from './room-feed.js';

/** Maximum length of a saved log in UTF-16 units. A stored value may have 2 MB. */
const MAX_SAVED = 900_000;

/** The used part of a Durable Object's state. */
export interface PresenceRoomState {
  /** Persistent storage. */
  readonly storage: {
    /** Reads a value. */
    get(key: string): Promise<unknown>;
    /** Stores a value. */
    put(key: string, value: unknown): Promise<void>;
    /** Deletes a value. */
    delete(key: string): Promise<boolean>;
    /** Deletes all values. */
    deleteAll(): Promise<void>;
    /** Calls `alarm` at a time in Unix milliseconds. */
    setAlarm(time: number): Promise<void>;
  };
  /** Accepts a WebSocket that stays open while the object is not in memory. */
  acceptWebSocket(socket: PresenceSocket, tags: string[]): void;
  /** Returns the open WebSockets, or only those with a tag. */
  getWebSockets(tag?: string): PresenceSocket[];
}

/** A WebSocket of a Durable Object. */
export interface PresenceSocket {
  /** Sends a text. */
  send(text: string): void;
  /** Closes the WebSocket. */
  close(code?: number): void;
}

/** The Durable Object for the binding `PRESENCE_ROOM`. */
export interface PresenceRoomObject {
  /** Handles a signal, or the WebSocket of a watcher. */
  fetch(request: Request): Promise<Response>;
  /** Reads the room again, in case a signal was lost. */
  alarm(): Promise<void>;
  /** Called when a watcher has disconnected. */
  webSocketClose(socket: PresenceSocket): void;
}

/** A class of Durable Objects that push presence. */
export type PresenceRoomClass<Bindings> = new (state: PresenceRoomState, env: Bindings) => PresenceRoomObject;

declare const WebSocketPair: new () => { 0: PresenceSocket; 1: PresenceSocket };

/**
 * Creates the class of Durable Objects for a Worker with the application's own store. Export it under the class name in
 * `wrangler.jsonc`.
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
      // Not awaited, so that the request that changed presence does not wait for the watchers.
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
      // Without watchers the room was not read, so that the log may be outdated.
      if (this.#log === undefined || this.#state.getWebSockets().length === 0) await this.#refresh();
      const log = this.#log;
      if (log === undefined) return new Response(null, { status: 503 });
      // Nothing is awaited after this line, so that no change is missed and every watcher is counted.
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
      // The watchers of a new log lack its earlier events, and get a snapshot.
      const texts = known === undefined ? this.#log.since(undefined) : this.#log.apply(present);
      for (const text of texts) this.#sendToAll(text);
      if (texts.length > 0) await this.#save(this.#log);
    }

    #sendToAll(text: string): void {
      for (const socket of this.#state.getWebSockets()) {
        try {
          socket.send(text);
        } catch {
          // Ignored: the WebSocket is closing.
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

    /** Saves the log. A log that is too large is deleted, and a new one is created when the object restarts. */
    async #save(log: EventLog): Promise<void> {
      const { storage } = this.#state;
      const text = JSON.stringify(log.save());
      await storage.put('room', this.#room);
      if (text.length <= MAX_SAVED) await storage.put('log', text);
      else await storage.delete('log');
    }
  };

/** Hashes a user's id into a tag, which may have at most 256 characters. */
async function digest(user: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(user)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
