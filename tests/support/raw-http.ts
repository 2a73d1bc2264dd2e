/** Requests that `fetch` would mend or refuse to send: the bytes as they are, on a socket. */
import { connect } from 'node:net';
import type { Answer } from './endpoint.ts';

/**
 * Sends a request line with headers and a body, and reads one answer. The server must close the connection. With
 * `breakOff` the client says that nothing more will come.
 */
export async function sendRaw(
  url: string,
  start: string,
  headers: readonly string[] = [],
  body: string | Uint8Array = '',
  { breakOff = false } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const head = [`${start} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
  const request = Buffer.concat([Buffer.from(head), Buffer.from(body)]);
  return readAnswer(await exchange(hostname, Number(port), request, breakOff));
}

/** A body as one chunk (RFC 9112 section 7.1), for `Transfer-Encoding: chunked`. */
export const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

function exchange(host: string, port: number, bytes: Buffer, breakOff: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, host, () => (breakOff ? socket.end(bytes) : socket.write(bytes)));
    socket.setTimeout(10_000, () => socket.destroy(new Error('No answer in 10 s')));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', (error) => (parts.length > 0 ? resolve(Buffer.concat(parts)) : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
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
