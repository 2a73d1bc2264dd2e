/** The tests' HTTP clients read an answer that comes before the body was sent, and none that is cut off. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connectTo } from './connect.ts';
import { sendRequest } from './http-client.ts';
import { sendRaw } from './raw-http.ts';

/** More than the kernel buffers of a connection hold. */
const LARGE = 'x'.repeat(16 * 1024 * 1024);
const ANSWER = 'HTTP/1.1 413 Content Too Large\r\nX-A: b\r\nContent-Length: 9\r\n\r\ntoo large';
const CHUNKED = 'HTTP/1.1 413 Content Too Large\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ntoo large\r\n0\r\n\r\n';

/** Starts a server that answers the first bytes of a request with `bytes`, and then does `leave`. */
async function answering(bytes: string, leave: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.pause();
      socket.write(bytes, () => leave(socket));
    });
  });
  server.listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const CLIENTS = {
  sendRequest: (url: string) => sendRequest(url, { method: 'POST', body: LARGE }),
  sendRaw: (url: string) => sendRaw(url, 'POST /', [`Content-Length: ${LARGE.length}`], LARGE),
};
const LEAVES: Record<string, (socket: Socket) => void> = {
  'closes the connection': (socket) => socket.destroy(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'reads nothing more': () => {},
};
for (const [client, send] of Object.entries(CLIENTS)) {
  for (const [name, leave] of Object.entries(LEAVES)) {
    test(`${client}: an answer is read although the server ${name}`, async () => {
      for (const bytes of [ANSWER, CHUNKED]) {
        const url = await answering(bytes, leave);
        for (let turn = 0; turn < 20; turn++) {
          const { status, text } = await send(url);
          assert.deepEqual([status, text], [413, 'too large']);
        }
      }
    });
  }
}

/** Answers the first bytes of a request and closes the connection, while the thread of the client waits in `state`. */
const OTHER_THREAD = `
  const { parentPort, workerData: { state, answer } } = require('node:worker_threads');
  const server = require('node:net').createServer((socket) => {
    socket.once('data', () => socket.write(answer, () => socket.resetAndDestroy()));
    socket.once('close', () => {
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

test('connectTo: an answer is read after a write that the closed connection refused', async () => {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(OTHER_THREAD, { eval: true, workerData: { state, answer: ANSWER } });
  after(() => worker.terminate());
  const [port] = await once(worker, 'message');
  const socket = connectTo(port, '127.0.0.1');
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n');
  // Nothing is read meanwhile, so that what is written next is refused before the answer is seen.
  Atomics.wait(state, 0, 0);
  for (let turn = 0; turn < 3; turn++) socket.write('x');
  await new Promise((resolve) => socket.on('error', resolve).on('close', resolve));
  assert.equal(text, ANSWER);
});

test('sendRequest rejects where there is no answer, or a part of one', async () => {
  for (const leave of [LEAVES['closes the connection'], LEAVES['resets the connection']]) {
    for (const bytes of ['', ANSWER.slice(0, 20), ANSWER.slice(0, -1), CHUNKED.slice(0, -1)]) {
      const url = await answering(bytes, leave as (socket: Socket) => void);
      await assert.rejects(CLIENTS.sendRequest(url), Error, JSON.stringify(bytes));
    }
  }
});

test('sendRequest sends what fetch sends', async () => {
  const seen: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (part) => {
      seen.push(`${part}`);
      socket.end('HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { status, headers, text } = await sendRequest(`${url}/a b?c#d`, { method: 'DELETE', body: 'é' });
  assert.deepEqual([status, headers.getSetCookie(), text], [204, ['a=b', 'c=d'], '']);
  const [head = '', body] = (seen[0] ?? '').split('\r\n\r\n');
  assert.match(head, /^DELETE \/a%20b\?c HTTP\/1\.1\r\n/);
  assert.match(head, /^content-type: text\/plain;charset=UTF-8\r?$/im);
  assert.match(head, /^content-length: 2\r?$/im);
  assert.equal(body, 'é');
});
