/** A response of Server-Sent Events (WHATWG HTML section 9.2) with a bounded queue. */
import { isSnapshot } from './event-log.js';

/** Bytes that may wait for a client besides a snapshot: a client that reads nothing is dropped, and not buffered for. */
const MAX_WAITING = 64 * 1024;
/** How long a client should wait before it reconnects: milliseconds. */
const RETRY = 'retry: 3000\n\n';
/** A comment, so that proxies do not close the connection and a client can tell that it is alive. */
const HEARTBEAT = ':\n\n';

const encoder = new TextEncoder();
/** The bytes of the last text: a feed sends one text to all its watchers in turn. */
let last = { text: '', bytes: new Uint8Array() };

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (last.text !== text) last = { text, bytes: encoder.encode(text) };
  return last.bytes;
}

/** Options of an {@link EventStream}. */
interface StreamOptions {
  readonly heartbeatMs: number;
  /** Is called once, whichever side ends the stream. */
  readonly onEnd: () => void;
  /** Closes the connection with what waits for it, where the runtime can. */
  readonly cutOff: (() => void) | undefined;
}

/** The stream to one client. */
export class EventStream {
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: StreamOptions;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Bytes of the last snapshot, which may wait as well. */
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

  /** Whether the client is gone, or was dropped. */
  get isEnded(): boolean {
    return this.#controller === undefined;
  }

  /** Sends the text of an event. A client for which too much waits is dropped. */
  send(text: string): void {
    const free = this.#controller?.desiredSize;
    if (free == null) return;
    if (free + this.#snapshotBytes <= 0) {
      this.#drop();
      return;
    }
    const bytes = bytesOf(text);
    if (isSnapshot(text)) this.#snapshotBytes = bytes.byteLength;
    this.#controller?.enqueue(bytes);
  }

  /** Ends the stream after what waits. */
  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#ended();
    controller.close();
  }

  /** Where the connection cannot be closed, what waits is the last that the client gets. */
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
