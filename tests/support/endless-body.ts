/** A request whose body has no end. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';

/** More than the 16 MiB that the endpoint reads, with what the buffers of the kernel hold. */
const MAX_SENT = 64 * 1024 * 1024;

/** Sends an endless body until the connection is closed, and resolves with the first line of the response. */
export async function sendEndlessly(url: string, path: string, isChunked: boolean): Promise<string> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (part) => {
    answer += part;
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('end', resolve).on('close', () => resolve());
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  const framing = isChunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 999999999999';
  socket.write(`POST /api/livekit${path} HTTP/1.1\r\nHost: ${host}\r\n${framing}\r\n\r\n`);
  const part = Buffer.from(isChunked ? `10000\r\n${'a'.repeat(0x10000)}\r\n` : 'a'.repeat(0x10000));
  let isClosed = false;
  closed.then(() => {
    isClosed = true;
  });
  while (!isClosed) {
    if (!socket.write(part)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
  }
  socket.destroy();
  assert.ok(socket.bytesWritten < MAX_SENT, `${socket.bytesWritten} bytes were read`);
  return answer.split('\r\n')[0] ?? '';
}
