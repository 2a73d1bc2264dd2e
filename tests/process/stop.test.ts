// How a process stops: requests in progress are answered, no new one is accepted, and no client delays it for long.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { serve } from 'livekit-edge/node';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { RUNTIMES, start } from './program.ts';

const BODY = '{"roomId":"channel-abc123"}';

/** Sends the head of a request for a token, and as much of its body. */
async function begin(url: string, body: string): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = ['POST /livekit/token HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${userToken('user-456')}`];
  socket.write([...head, `Content-Length: ${BODY.length}`, 'Expect: 100-continue', '', ''].join('\r\n'));
  // The server has seen the request.
  const [text] = await once(socket, 'data');
  assert.match(`${text}`, /^HTTP\/1\.1 100 /);
  socket.write(body);
  return socket;
}

/** Whether the server accepts connections. */
async function connects(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const part of socket) text += part;
  return text;
}

// Concurrent, because a process waits ten seconds for a request.
describe('a process', { concurrency: true }, () => {
  for (const runtime of RUNTIMES) {
    describe(runtime, { concurrency: 1 }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-process-'));
      after(() => rmSync(folder, { recursive: true }));

      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        test(`${signal}: a request in flight is answered, a new one is not, and a second signal changes nothing`, async () => {
          const program = start(runtime, folder);
          const url = await program.url;
          loadDemo(join(folder, 'livekit-edge.sqlite'));
          const socket = await begin(url, BODY.slice(0, 5));
          program.signal(signal);
          program.signal(signal);
          while (await connects(url));
          program.signal('SIGTERM');
          await assert.rejects(fetch(url), { message: 'fetch failed' });
          socket.write(BODY.slice(5));
          assert.match(await answerOf(socket), /^HTTP\/1\.1 201 /);
          assert.equal(await program.ended, 0);
        });
      }

      test('a connection that is kept alive holds nothing up', async () => {
        const program = start(runtime, folder);
        await fetch(await program.url);
        const since = Date.now();
        program.signal('SIGTERM');
        assert.equal(await program.ended, 0);
        // A request in flight would delay it by ten seconds.
        assert.ok(Date.now() - since < 9000);
      });

      test('a request that does not come to its end is cut off after ten seconds', async () => {
        const program = start(runtime, folder);
        const socket = await begin(await program.url, '{');
        socket.on('error', () => {});
        const since = Date.now();
        program.signal('SIGTERM');
        assert.equal(await program.ended, 0);
        const seconds = (Date.now() - since) / 1000;
        assert.ok(seconds > 9, `${seconds} s`);
        socket.destroy();
      });
    });
  }
});

test('feeds of an application that fail do not keep a process from stopping', async (t) => {
  for (const level of ['info', 'warn', 'error'] as const) t.mock.method(console, level, () => {});
  const fail = () => {
    throw new Error('feeds');
  };
  const presenceFeeds = { changed: async () => {}, watch: async () => () => {}, close: fail };
  for (const close of [fail, async () => fail()]) {
    const running = await serve({
      env: { HOST: '127.0.0.1', PORT: '0' },
      store: { facts: () => Promise.reject(new Error('facts')) },
      presenceFeeds: { ...presenceFeeds, close },
    });
    await running.stop();
    await assert.rejects(fetch(running.url));
  }
});
