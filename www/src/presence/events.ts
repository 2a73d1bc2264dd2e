/** Server-Sent Events by `fetch`, since `EventSource` sends no `Authorization`: with retries whose waits grow. */

/** An event of the stream. */
export interface ServerEvent {
  name: string;
  data: string;
}

/** Milliseconds until the first attempt to reconnect, and the maximum. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** Milliseconds without a byte, twice the endpoint's heartbeat, after which a connection counts as lost. */
const SILENCE = 30_000;

/** Callbacks of the reader. */
interface Listener {
  onEvent(event: ServerEvent): void;
  /** The connection is lost, and will be tried again. */
  onLost(): void;
}

/** Reads a stream until the signal is aborted, and reconnects when it is lost. */
export async function readEvents(path: string, userToken: string, { onEvent, onLost }: Listener, signal: AbortSignal) {
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    try {
      for await (const event of openEvents(path, userToken, signal)) {
        wait = FIRST_WAIT;
        onEvent(event);
      }
    } catch {
      // The connection broke off: as if it had ended.
    }
    if (signal.aborted) return;
    onLost();
    // Up to half more, so that pages do not all come back at once.
    await sleep(wait * (1 + Math.random() / 2), signal);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }
}

async function* openEvents(path: string, userToken: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE);
  };
  listen();
  try {
    const response = await fetch(path, {
      headers: { Authorization: `Bearer ${userToken}` },
      signal: AbortSignal.any([signal, silence.signal]),
      cache: 'no-store',
    });
    if (!response.ok || response.body === null) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      listen();
      const parts = `${rest}${value}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const fields = new Map(part.split('\n').map((line) => parseField(line)));
        const [name, data] = [fields.get('event'), fields.get('data')];
        if (name !== undefined && data !== undefined) yield { name, data };
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

function parseField(line: string): [name: string, value: string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
