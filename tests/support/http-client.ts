/** An HTTP client that reads an answer which comes before the whole request was sent; `fetch` fails on some of them. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connectTo } from './connect.ts';

/** As long as `fetch` waits. */
const ANSWER_MS = 300_000;

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
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
