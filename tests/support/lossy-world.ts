/** A LiveKit server in a model: who is in a room, what it lists, and events of which some are lost, late or repeated. */
import type { PresenceChange } from 'livekit-edge/server';

/** What happens to an event. */
export type Fate = 'delivered' | 'lost' | 'late' | 'repeated';

/** One thing that happens. */
export interface Step {
  readonly what: 'joins' | 'leaves' | 'takes over' | 'all leave' | 'room ends';
  readonly who: string;
  /** Seconds until then. */
  readonly seconds: number;
  /** Of each event of the step. */
  readonly fates: readonly Fate[];
}

interface Connection {
  readonly sid: string;
  readonly identity: string;
  readonly joinedAt: number;
}

export class LossyWorld {
  readonly room: string;
  /** How many events there were, lost ones included. */
  events = 0;
  /** Events on their way. */
  readonly late: PresenceChange[] = [];
  readonly #deliver: (event: PresenceChange) => Promise<void>;
  readonly #inside = new Map<string, Connection>();
  #now: number;
  #count = 0;
  #roomSid: string | null = null;

  constructor(room: string, now: number, deliver: (event: PresenceChange) => Promise<void>) {
    this.room = room;
    this.#now = now;
    this.#deliver = deliver;
  }

  /** Who is there, in the order of joining. */
  get identities(): string[] {
    return [...this.#inside.keys()].sort();
  }

  async step({ what, who, seconds, fates }: Step): Promise<void> {
    this.#now += seconds;
    const events: PresenceChange[] = [];
    if (what === 'joins' || what === 'takes over') {
      const before = this.#inside.get(who);
      if (before !== undefined) events.push(this.#leave(before));
      this.#roomSid ??= `RM_${this.room}_${++this.#count}`;
      const connection = { sid: `PA_${this.room}_${++this.#count}`, identity: who, joinedAt: this.#now };
      this.#inside.set(who, connection);
      events.push(this.#event('joined', connection));
    } else {
      const leaving = what === 'leaves' ? [this.#inside.get(who)] : [...this.#inside.values()];
      for (const connection of leaving) if (connection !== undefined) events.push(this.#leave(connection));
      if (what === 'room ends' && this.#roomSid !== null) {
        events.push(this.#event('ended', null));
        this.#roomSid = null;
      }
    }
    for (const [at, event] of events.entries()) await this.#send(event, fates[at % fates.length] ?? 'delivered');
  }

  /** Delivers an event that is late. */
  async arrive(which: number): Promise<void> {
    const [event] = this.late.splice(which % Math.max(1, this.late.length), 1);
    if (event !== undefined) await this.#deliver(event);
  }

  /** As RoomService answers. */
  async findRoom() {
    return this.#roomSid === null ? undefined : { sid: this.#roomSid, name: this.room };
  }

  /** As RoomService answers. */
  async listParticipants() {
    return [...this.#inside.values()].map(({ sid, identity, joinedAt }) => ({
      sid,
      identity,
      name: identity,
      state: 'ACTIVE',
      joined_at: `${joinedAt}`,
    }));
  }

  #leave(connection: Connection): PresenceChange {
    this.#inside.delete(connection.identity);
    return this.#event('left', connection);
  }

  #event(change: PresenceChange['change'], connection: Connection | null): PresenceChange {
    const eventId = `EV_${this.room}_${++this.#count}`;
    const roomSid = this.#roomSid ?? '';
    const participant =
      connection === null ? null : { sid: connection.sid, identity: connection.identity, name: connection.identity };
    return { eventId, createdAt: this.#now, change, room: this.room, roomSid, participant };
  }

  async #send(event: PresenceChange, fate: Fate): Promise<void> {
    this.events += 1;
    if (fate === 'late' || fate === 'repeated') this.late.push(event);
    if (fate === 'delivered' || fate === 'repeated') await this.#deliver(event);
  }
}
