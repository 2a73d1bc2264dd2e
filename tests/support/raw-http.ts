/** Raw HTTP requests that `fetch` would normalize or refuse: the bytes as they are, on a socket. */
import { connectTo } from './connect.ts';
import type { Answer } from './http-client.ts';

/**
 * Sends a request line with headers and a body, and reads one answer: to the end that its length says, or until the
 * server closes the connection. With `breakOff` the client half-closes the connection; with `slowly` it sends
 * another byte every half a second.
 */
export async function sendRaw(
  url: string,
  start: string,
  headers: readonly string[] = [],
  body: string | Uint8Array = '',
  { breakOff = false, slowly = false } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const head = [`${start} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
  const request = Buffer.concat([Buffer.from(head), Buffer.from(body)]);
  return readAnswer(await exchange(hostname, Number(port), request, { breakOff, slowly }));
}

/** A body as one chunk (RFC 9112 section 7.1), for `Transfer-Encoding: chunked`. */
export const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

function exchange(
  host: string,
  port: number,
  bytes: Buffer,
  { breakOff, slowly }: { breakOff: boolean; slowly: boolean },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connectTo(port, host, () => (breakOff ? socket.end(bytes) : socket.write(bytes)));
    const more = setInterval(() => slowly && socket.write(' '), 500);
    socket.setTimeout(15_000, () => socket.destroy(new Error('No answer in 15 s')));
    socket.on('data', (part) => {
      parts.push(part);
      if (isComplete(Buffer.concat(parts))) socket.destroy();
    });
    socket.on('error', (error) => (parts.length > 0 ? resolve(Buffer.concat(parts)) : reject(error)));
    socket.on('close', () => {
      clearInterval(more);
      resolve(Buffer.concat(parts));
    });
  });
}

/** Not every server closes the connection of a client that still has a body to send. */
function isComplete(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const head = text.slice(0, Math.max(end, 0));
  if (/^transfer-encoding: *chunked/im.test(head)) return text.slice(end + 2).endsWith('\r\n0\r\n\r\n');
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}

function readAnswer(bytes: Buffer): Answer {
  // One character a byte, so that lengths are those of the protocol.
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    fields.map((field): [string, string] => [
      field.slice(0, field.indexOf(':')),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
  );
  const rest = text.slice(end + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunk(rest) : rest;
  return { status: Number(line.split(' ')[1]), headers, text: Buffer.from(body, 'latin1').toString() };
}

function unchunk(text: string): string {
  const size = Number.parseInt(text, 16);
  if (!(size > 0)) return '';
  const start = text.indexOf('\r\n') + 2;
  return text.slice(start, start + size) + unchunk(text.slice(start + size + 2));
}
