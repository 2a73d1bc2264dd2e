/**
 * An HTTP client for a server that may answer before it has the whole request, and close the connection. The rest of the
 * body then cannot be written, which both `fetch` and `net.Socket` take for the end of the connection: they drop the
 * answer, although it has arrived.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

/** As long as `fetch` waits. */
const ANSWER_MS = 300_000;
const CLOSED = ['EPIPE', 'ECONNRESET'];

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

type Done = (error?: Error | null) => void;

/** A connection that is read to its end although the server takes no more of what is written. */
export function connectTo(port: number, host: string, onConnect?: () => void): Socket {
  const socket = connect(port, host, onConnect);
  const [write, writev] = [socket._write.bind(socket), socket._writev?.bind(socket)];
  const ignoreClosed =
    (done: Done): Done =>
    (error) =>
      done(CLOSED.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '') ? null : error);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, ignoreClosed(done));
  if (writev) socket._writev = (chunks, done) => writev(chunks, ignoreClosed(done));
  return socket;
}

/** Sends what `fetch` would send, on a connection of its own, and reads the answer; rejects unless it is complete. */
export async function sendRequest(url: string, init: RequestInit = {}): Promise<Answer> {
  const asked = new Request(url, init);
  const body = asked.body === null ? undefined : Buffer.from(await asked.arrayBuffer());
  const headers = Object.fromEntries(asked.headers);
  if (body) headers['content-length'] = `${body.length}`;
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    const request = httpRequest(asked.url, {
      method: asked.method,
      headers,
      timeout: ANSWER_MS,
      createConnection: ({ port, host }) => connectTo(Number(port), `${host}`),
    });
    request.on('timeout', () => request.destroy(new Error(`No answer in ${ANSWER_MS} ms`)));
    request.on('error', (error) => response?.complete || reject(error));
    request.on('response', (incoming) => {
      response = incoming;
      const parts: Buffer[] = [];
      incoming.on('data', (part) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        // The server need not read what is left of the body.
        request.destroy();
        const text = new TextDecoder().decode(Buffer.concat(parts));
        resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), text });
      });
    });
    request.end(body);
  });
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  return headers;
}
