/** A client of Server-Sent Events that sees every byte, and stops reading when told. */
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connectTo } from './connect.ts';

/** An event, or what it lacks. */
interface StreamEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect.
  data: any;
}

/** A response of an event stream that is being read. */
export class EventClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything that was received. */
  text = '';
  /** How many comments were received. */
  comments = 0;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #events: StreamEvent[] = [];
  #rest = '';
  #isOver = false;
  #wake = () => {};

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    const over = () => {
      this.#isOver = true;
      this.#wake();
    };
    response.setEncoding('utf8').on('error', over).on('close', over);
  }

  /** Begins to read. */
  read(): this {
    this.#response.on('data', (text: string) => this.#receive(text));
    return this;
  }

  /** The next event; rejects if the stream ends before it. */
  async next(): Promise<StreamEvent> {
    await this.until(() => this.#events.length > 0);
    const event = this.#events.shift();
    if (event === undefined) throw new Error(`The stream has ended: ${this.text}`);
    return event;
  }

  /** Resolves when the condition is met, or when the stream has ended. */
  async until(isMet: () => boolean): Promise<void> {
    while (!isMet() && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the server has ended the stream. */
  ended(): Promise<void> {
    return this.until(() => false);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    if (this.#isOver && this.#request.destroyed) return;
    const closed = once(this.#request, 'close');
    this.#request.destroy();
    await closed;
  }

  #receive(text: string): void {
    this.text += text;
    const parts = (this.#rest + text).split('\n\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith(':')) this.comments += 1;
      const fields = new Map(
        part.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      const event = fields.get('event');
      if (event === undefined) continue;
      this.#events.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? '') });
    }
    this.#wake();
  }
}

/** Asks for a stream; resolves with the head of the response, of whatever status. */
export function openStream(url: string, headers: Record<string, string>, method = 'GET'): Promise<EventClient> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      headers,
      createConnection: ({ port, host }) => connectTo(Number(port), `${host}`),
    });
    request.on('error', reject);
    request.on('response', (response) => resolve(new EventClient(request, response)));
    request.end();
  });
}
