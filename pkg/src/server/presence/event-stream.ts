/** A response with Server-Sent Events (WHATWG HTML section 9.2) and a bounded queue. */
import { isSnapshot } from './event-log.js';

/**
 * Maximum number of queued bytes besides a snapshot. A client that does not read is disconnected, so that the queue
 * cannot grow.
 */
const MAX_WAITING = 64 * 1024;
/** Field with the milliseconds that a client should wait before it reconnects. */
const RETRY = 'retry: 3000\n\n';
/** A comment as heartbeat, so that proxies do not close the connection, and clients can detect a lost one. */
const HEARTBEAT = ':\n\n';

const encoder = new TextEncoder();
/** Cache of the last encoded text, because a feed sends each text to all its watchers. */
let last = { text: '', bytes: new Uint8Array() };

function encode(text: string): Uint8Array<ArrayBuffer> {
  if (last.text !== text) last = { text, bytes: encoder.encode(text) };
  return last.bytes;
}

/** Options of an {@link EventStream}. */
interface StreamOptions {
  readonly heartbeatMs: number;
  /** Called once, when either side ends the stream. */
  readonly onEnd: () => void;
  /** Closes the connection and drops its queue, if the runtime supports that. */
  readonly cutOff: (() => void) | undefined;
}

/** The event stream to one client. */
export class EventStream {
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: StreamOptions;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Size of the last snapshot in bytes, which may be queued in addition. */
  #snapshotBytes = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#controller = controller;
    };
    const size = ({ byteLength }: Uint8Array) => byteLength;
    this.body = new ReadableStream({ start, cancel: () => this.#ended() }, { highWaterMark: MAX_WAITING, size });
    this.#heartbeat = setInterval(() => this.send(HEARTBEAT), options.heartbeatMs);
    this.send(RETRY);
  }

  /** True if the client has disconnected, or was disconnected. */
  get isEnded(): boolean {
    return this.#controller === undefined;
  }

  /** Sends the text of an event. A client with too many queued bytes is disconnected. */
  send(text: string): void {
    const free = this.#controller?.desiredSize;
    if (free == null) return;
    if (free + this.#snapshotBytes <= 0) {
      this.#drop();
      return;
    }
    const bytes = encode(text);
    if (isSnapshot(text)) this.#snapshotBytes = bytes.byteLength;
    this.#controller?.enqueue(bytes);
  }

  /** Ends the stream after the queued events. */
  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#ended();
    controller.close();
  }

  /** Disconnects the client. If the connection cannot be closed, the stream ends after the queued events. */
  #drop(): void {
    const { cutOff } = this.#options;
    if (cutOff === undefined) {
      this.end();
    } else {
      this.#ended();
      cutOff();
    }
  }

  #ended(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    clearInterval(this.#heartbeat);
    this.#options.onEnd();
  }
}
