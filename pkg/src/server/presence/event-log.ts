/** The presence events of a room: numbered changes. The last ones are stored for clients that reconnect. */
import type { Participant, Present } from './participant.js';

/** Maximum number of stored changes. A client that lacks more gets a snapshot. */
const KEPT = 256;
/** Syntax of an event id: the id of the log and the number of the event. */
const EVENT_ID = /^([0-9a-f]{16}):(0|[1-9]\d{0,14})$/;
/** Start of the text of a snapshot. */
const SNAPSHOT = 'event: snapshot\n';

/** True if the text of an event is a snapshot, which replaces all earlier events. */
export const isSnapshot = (text: string): boolean => text.startsWith(SNAPSHOT);

/** A log in JSON, to store it while its process does not run. */
export interface SavedLog {
  readonly id: string;
  readonly last: number;
  readonly participants: readonly Participant[];
  readonly isTruncated: boolean;
  readonly changes: readonly string[];
}

/** Creates a unique id for a log, so that event ids of different logs differ. */
export const newLogId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16);

/**
 * The events of one room, as text of an event stream (WHATWG HTML section 9.2), which is the same for every watcher.
 */
export class EventLog {
  readonly #room: string;
  readonly #id: string;
  /** Number of the last change. */
  #last: number;
  #participants: ReadonlyMap<string, Participant>;
  #isTruncated: boolean;
  /** Texts of the last changes. The number of the last one is `#last`. */
  #changes: string[];
  #snapshot: string | undefined;

  /** Creates a log for the current participants, or restores a saved log. */
  constructor(room: string, start: ({ readonly id: string } & Present) | SavedLog) {
    this.#room = room;
    this.#id = start.id;
    this.#participants = byIdentity(start.participants);
    this.#isTruncated = start.isTruncated;
    this.#last = 'last' in start ? start.last : 0;
    this.#changes = 'changes' in start ? [...start.changes] : [];
  }

  /**
   * Compares with the current participants. Returns the texts of the new events, for watchers that have all earlier
   * ones.
   */
  apply({ participants, isTruncated }: Present): readonly string[] {
    const before = this.#participants;
    const now = byIdentity(participants);
    const left = [...before.values()].filter(({ identity }) => !now.has(identity));
    const moved = participants.filter((participant) => isOther(before.get(participant.identity), participant));
    if (left.length + moved.length === 0 && isTruncated === this.#isTruncated) return [];
    this.#participants = now;
    this.#snapshot = undefined;
    if (left.length + moved.length > KEPT || isTruncated !== this.#isTruncated) {
      this.#isTruncated = isTruncated;
      this.#last += 1;
      this.#changes = [];
      return [this.#snapshotText()];
    }
    const texts = [
      ...left.map((participant) => this.#next('left', participant)),
      ...moved.map((participant) => this.#next(before.has(participant.identity) ? 'updated' : 'joined', participant)),
    ];
    this.#changes = [...this.#changes, ...texts].slice(-KEPT);
    return texts;
  }

  /**
   * Returns the events that a client with this `Last-Event-ID` lacks: the changes since then, or a snapshot if they are
   * not stored.
   */
  since(lastEventId: string | undefined): readonly string[] {
    const [, id, number] = EVENT_ID.exec(lastEventId ?? '') ?? [];
    const missing = this.#last - Number(number);
    if (id !== this.#id || !(missing >= 0 && missing <= this.#changes.length)) return [this.#snapshotText()];
    return this.#changes.slice(this.#changes.length - missing);
  }

  /** Returns the log in JSON. */
  save(): SavedLog {
    return {
      id: this.#id,
      last: this.#last,
      participants: [...this.#participants.values()],
      isTruncated: this.#isTruncated,
      changes: this.#changes,
    };
  }

  #next(event: 'joined' | 'left' | 'updated', participant: Participant): string {
    this.#last += 1;
    return `event: ${event}\n${this.#body(participant)}`;
  }

  #snapshotText(): string {
    const participants = [...this.#participants.values()];
    const truncated = this.#isTruncated ? { isTruncated: true } : {};
    this.#snapshot ??= `${SNAPSHOT}${this.#body({ channelId: this.#room, participants, ...truncated })}`;
    return this.#snapshot;
  }

  /** Formats the data of an event. `JSON.stringify` produces no line feed, which would end the data. */
  #body(data: object): string {
    return `id: ${this.#id}:${this.#last}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

const byIdentity = (participants: readonly Participant[]) =>
  new Map(participants.map((participant) => [participant.identity, participant]));

/** True if a field of the participant has changed. */
const isOther = (one: Participant | undefined, other: Participant): boolean =>
  one === undefined || JSON.stringify(one) !== JSON.stringify(other);
