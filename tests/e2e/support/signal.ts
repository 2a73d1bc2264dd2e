/** LiveKit's signalling socket, implemented by hand: what a server sends to the holder of a token. */
import assert from 'node:assert/strict';
import { SignalRequest, SignalResponse } from '@livekit/protocol';

const ANSWER_MS = 10_000;

type Message = SignalResponse['message'];
type Case = NonNullable<Message['case']>;
type Value<C extends Case> = Extract<Message, { case: C }>['value'];

/** A connection that the server has accepted. */
export class Signal {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      this.#messages.push(SignalResponse.fromBinary(new Uint8Array(data)).message);
      this.#wake();
    });
  }

  /** Rejects if the server refuses the token. */
  static async open(url: string, token: string): Promise<Signal> {
    const socket = new WebSocket(`${url}/rtc?access_token=${token}&protocol=15&auto_subscribe=1`);
    const signal = new Signal(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('refused')));
    });
    return signal;
  }

  /** The first matching message of a kind, whether it has arrived or is still to arrive. */
  async receives<C extends Case>(kind: C, isSo: (value: Value<C>) => boolean = () => true): Promise<Value<C>> {
    for (const end = performance.now() + ANSWER_MS; ; ) {
      const found = this.#messages.find((message) => message.case === kind && isSo(message.value as Value<C>));
      if (found !== undefined) return found.value as Value<C>;
      assert.ok(performance.now() < end, `no ${kind} among ${this.#messages.map(({ case: name }) => name)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 100);
      });
    }
  }

  send(message: SignalRequest['message']): void {
    this.#socket.send(new Uint8Array(new SignalRequest({ message }).toBinary()));
  }

  close(): void {
    this.#socket.close();
  }
}
