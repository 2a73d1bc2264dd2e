/** The events of a room: numbered changes of who is there, of which the last are kept for clients that reconnect. */
import type { Participant, Present } from './participant.js';

/** Number of changes that are kept; a larger difference becomes a snapshot. */
const KEPT = 256;
/** Id of an event: the log, and the number of the event in it. */
const EVENT_ID = /^([0-9a-f]{16}):(0|[1-9]\d{0,14})$/;
/** What the text of a snapshot begins with. */
const SNAPSHOT = 'event: snapshot\n';

/** Whether the text of an event is a snapshot, after which no earlier event is needed. */
export const isSnapshot = (text: string): boolean => text.startsWith(SNAPSHOT);

/** A log as JSON, to be kept while its process does not run. */
export interface SavedLog {
  readonly id: string;
  readonly last: number;
  readonly participants: readonly Participant[];
  readonly isTruncated: boolean;
  readonly changes: readonly string[];
}

/** An id for a new log, which no other has: another log's ids mean other events. */
export const newLogId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16);

/** The events of one room, as text of an event stream (WHATWG HTML section 9.2). Every watcher gets the same text. */
export class EventLog {
  readonly #room: string;
  readonly #id: string;
  /** Number of the last event. */
  #last: number;
  #participants: ReadonlyMap<string, Participant>;
  #isTruncated: boolean;
  /** Texts of the last changes; the number of the last one is `#last`. */
  #changes: string[];
  #snapshot: string | undefined;

  /** A log that begins with who is there, or the continuation of one that was saved. */
  constructor(room: string, start: ({ readonly id: string } & Present) | SavedLog) {
    this.#room = room;
    this.#id = start.id;
    this.#participants = byIdentity(start.participants);
    this.#isTruncated = start.isTruncated;
    this.#last = 'last' in start ? start.last : 0;
    this.#changes = 'changes' in start ? [...start.changes] : [];
  }

  /** Compares with who is there now; returns the texts of the events for everyone who has those before. */
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

  /** What a client with this `Last-Event-ID` lacks: the changes since then, or a snapshot if they are not known. */
  since(lastEventId: string | undefined): readonly string[] {
    const [, id, number] = EVENT_ID.exec(lastEventId ?? '') ?? [];
    const missing = this.#last - Number(number);
    if (id !== this.#id || !(missing >= 0 && missing <= this.#changes.length)) return [this.#snapshotText()];
    return this.#changes.slice(this.#changes.length - missing);
  }

  /** The log as JSON. */
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

  /** JSON has no line feeds outside of strings, and escapes those inside. */
  #body(data: object): string {
    return `id: ${this.#id}:${this.#last}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

const byIdentity = (participants: readonly Participant[]) =>
  new Map(participants.map((participant) => [participant.identity, participant]));

/** All fields are compared, whichever there are. */
const isOther = (one: Participant | undefined, other: Participant): boolean =>
  one === undefined || JSON.stringify(one) !== JSON.stringify(other);
