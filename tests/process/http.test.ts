// Malformed and slow HTTP clients: the process answers or closes, and continues.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from '../support/connect.ts';
import { loadDemo } from '../support/sqlite-file.ts';
import { userToken } from '../support/user-token.ts';
import { type Program, RUNTIMES, said, start } from './program.ts';

const BODY = '{"roomId":"channel-abc123"}';
const NOT_FOUND = '{"statusCode":404,"message":"Not Found"}';
const authorization = `Authorization: Bearer ${userToken('user-456')}`;
const post = [authorization, `Content-Length: ${BODY.length}`, 'Connection: close'];

// Concurrent, because most tests wait for a timeout of the process.
describe('a process', { concurrency: true }, () => {
  for (const runtime of RUNTIMES) {
    describe(runtime, { concurrency: true }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-process-'));
      let program: Program;
      let url: string;
      before(async () => {
        program = start(runtime, folder, { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_USER: '0' });
        url = await program.url;
        loadDemo(join(folder, 'livekit-edge.sqlite'));
      });
      after(async () => {
        program.signal('SIGTERM');
        assert.equal(await program.ended, 0);
        // Nothing that a client sends is a stack trace in the log.
        said(program.lines);
        rmSync(folder, { recursive: true });
      });

      /** Sends bytes, and reads until the server closes, or the client: after `leave` milliseconds, or once it has read `enough`. */
      function exchange(bytes: string, leave?: number, enough?: RegExp): Promise<string> {
        const { hostname, port } = new URL(url);
        return new Promise((resolve) => {
          let text = '';
          const socket = connectTo(Number(port), hostname, () => socket.write(bytes));
          if (leave !== undefined) setTimeout(() => socket.destroy(), leave);
          socket.on('data', (part) => {
            text += part;
            if (enough?.test(text)) socket.destroy();
          });
          socket.on('error', () => {});
          socket.on('close', () => resolve(text));
        });
      }
      const request = (line: string, headers: string[] = ['Connection: close'], body = '') =>
        exchange([line, 'Host: localhost', ...headers, '', body].join('\r\n'));
      const isServing = async () =>
        assert.match(await request('POST /livekit/token HTTP/1.1', post, BODY), /^HTTP\/1\.1 201 /);

      test('a target in absolute form leads where its path does', async () => {
        assert.match(await request('POST http://elsewhere/livekit/token HTTP/1.1', post, BODY), /^HTTP\/1\.1 201 /);
        const answer = await request('POST http://elsewhere/nowhere HTTP/1.1', post, BODY);
        assert.ok(answer.startsWith('HTTP/1.1 404 ') && answer.includes(NOT_FOUND), answer);
      });

      test('OPTIONS *, CONNECT and an upgrade', async () => {
        for (const line of ['OPTIONS * HTTP/1.1', 'CONNECT elsewhere:443 HTTP/1.1']) {
          assert.match(await request(line), /^$|^HTTP\/1\.1 4\d\d /, line);
          await isServing();
        }
        const upgrade = ['Connection: Upgrade, close', 'Upgrade: websocket'];
        assert.match(await request('GET /livekit/health HTTP/1.1', upgrade), /^HTTP\/1\.1 401 /);
      });

      test('Expect: 100-continue is answered', async () => {
        const answer = await request('POST /livekit/token HTTP/1.1', [...post, 'Expect: 100-continue'], BODY);
        assert.match(answer, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 201 /);
      });

      test('what is no HTTP is refused or closed', async () => {
        for (const bytes of [
          'hello\r\n\r\n',
          '\u0016\u0003\u0001\u0002\u0000\u0001',
          'GET / HTTP/9.9\r\n\r\n',
          'GET /livekit/health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n',
          `GET /livekit/health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n`,
          'POST /livekit/token HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
          'POST /livekit/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
          'POST /livekit/token HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
          'POST /livekit/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nxyz\r\n',
          `GET /livekit/health HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(300_000)}\r\nConnection: close\r\n\r\n`,
        ]) {
          const answer = await exchange(bytes, 2000);
          assert.match(answer, /^$|^HTTP\/1\.1 4\d\d /, bytes.slice(0, 80));
          await isServing();
        }
      });

      test('a client that goes away, before, within or after the body, affects no other client', async () => {
        const head = ['POST /livekit/token HTTP/1.1', 'Host: a', authorization, `Content-Length: ${BODY.length}`];
        for (const [bytes, leave] of [
          ['', 0],
          ['POST /live', 10],
          [`${head.join('\r\n')}\r\n\r\n`, 20],
          [`${head.join('\r\n')}\r\n\r\n${BODY.slice(0, 9)}`, 20],
          [`${head.join('\r\n')}\r\n\r\n${BODY}`, 0],
        ] as const) {
          await Promise.all(Array.from({ length: 10 }, () => exchange(bytes, leave)));
          await isServing();
        }
      });

      test('an answer that comes before its body was read leaves the connection usable, or closes it at once', async () => {
        const body = 'x'.repeat(1024 * 1024);
        const head = `POST /livekit/webhook HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nContent-Length: ${body.length}\r\n\r\n`;
        const { hostname, port } = new URL(url);
        const socket = connectTo(Number(port), hostname, () => socket.write(head + body));
        socket.on('error', () => {});
        let text = '';
        const answered = new Promise((resolve) => {
          socket.on('data', (part) => {
            text += part;
            resolve(undefined);
          });
        });
        const closed = new Promise((resolve) => socket.on('close', resolve));
        await Promise.race([answered, closed]);
        assert.match(text, /^HTTP\/1\.1 401 /);
        // Deno closes it, so that no client takes it for one that it may use again.
        if (runtime === 'deno') {
          await closed;
          return;
        }
        socket.write('GET /livekit/nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
        await closed;
        assert.ok(text.includes(NOT_FOUND), text);
      });

      test('a client that does not send its body is answered; Node closes its connection, Deno leaves that to a proxy', async () => {
        const head = ['POST /livekit/token HTTP/1.1', 'Host: a', authorization, 'Content-Length: 500', '', '{'];
        const timeout = /^HTTP\/1\.1 408 [\s\S]*\{"statusCode":408,"message":"Request Timeout"\}$/;
        assert.match(await exchange(head.join('\r\n'), undefined, runtime === 'deno' ? timeout : undefined), timeout);
      });

      test('invalid bytes after a request do not replace its answer', async () => {
        const good = ['POST /livekit/token HTTP/1.1', 'Host: a', authorization, `Content-Length: ${BODY.length}`];
        const first = `${good.join('\r\n')}\r\n\r\n${BODY}`;
        for (const garbage of [
          'hello\r\n\r\n',
          'GET / HTTP/9.9\r\n\r\n',
          '\u0016\u0003\u0001',
          '{}',
          `${good[0]}\r\nX y\r\n`,
          `${good[0]}\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n`,
        ]) {
          for (const before of [first, first.repeat(3)]) {
            const all = new RegExp(
              `(?:HTTP/1\\.1 201 [^]*?"expiresAt":"[^"]+"\\}[^]*?){${before.length / first.length}}`,
            );
            const answers = await exchange(before + garbage, undefined, all);
            const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
            const expected = Array(before.length / first.length).fill('201');
            assert.deepEqual(statuses.slice(0, expected.length), expected, answers);
            assert.match(statuses.slice(expected.length).join(), /^(400)?$/, answers);
          }
        }
        const last = await request('POST /livekit/token HTTP/1.1', post, `${BODY}hello`);
        assert.match(last, /^HTTP\/1\.1 201 [\s\S]*"expiresAt":"[^"]+"\}$/);
      });

      test('invalid bytes while a stream is open do not change it, and are not kept', {
        skip: runtime === 'deno',
      }, async () => {
        const { hostname, port } = new URL(url);
        const path = '/livekit/channels/channel-abc123/voice-presence/events';
        const head = [`GET ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${userToken('user-mod')}`, '', ''];
        const chunk = ['POST /livekit/token HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', '', 'hello', ''];
        for (const garbage of ['hello\r\n\r\n', chunk.join('\r\n')]) {
          let text = '';
          const socket = connectTo(Number(port), hostname, () => socket.write(head.join('\r\n')));
          socket.setNoDelay(true).on('data', (part) => {
            text += part;
          });
          while (!text.includes('event: snapshot')) await sleep(10);
          // Node warns of more than ten listeners; `after` finds the warning in the log.
          for (let count = 0; count < 20; count += 1) {
            socket.write(garbage);
            await sleep(10);
          }
          socket.destroy();
          assert.equal(text.split('HTTP/1.1 ').length - 1, 1, text);
        }
      });

      test('an unknown expectation is ignored', async () => {
        assert.match(
          await request('POST /livekit/token HTTP/1.1', [...post, 'Expect: else'], BODY),
          /^HTTP\/1\.1 201 /,
        );
      });

      test('requests that follow each other on a connection are each answered', async () => {
        const one = ['GET /livekit/nowhere HTTP/1.1', 'Host: a'];
        const last = [...one, 'Connection: close', '', ''].join('\r\n');
        const answers = await exchange(`${`${one.join('\r\n')}\r\n\r\n`.repeat(4)}${last}`);
        assert.equal(answers.split(NOT_FOUND).length - 1, 5);
      });
    });
  }

  describe('limits', { concurrency: 1 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-process-'));
    after(() => rmSync(folder, { recursive: true }));

    for (const runtime of RUNTIMES) {
      test(`${runtime}: requests are counted by the address of the connection`, async () => {
        const program = start(runtime, folder, { RATE_LIMIT_PER_ADDRESS: '3' });
        const url = await program.url;
        const statuses: number[] = [];
        for (let count = 0; count < 5; count++) statuses.push((await fetch(`${url}/livekit/health`)).status);
        assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
        program.signal('SIGTERM');
        assert.equal(await program.ended, 0);
      });
    }

    test('node: who sends slowly is sent away, and others are served meanwhile', async () => {
      const program = start('node', folder);
      const { hostname, port } = new URL(await program.url);
      const since = Date.now();
      const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n'));
      const slowly = setInterval(() => socket.write('X: y\r\n'), 500);
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (part) => {
        text += part;
      });
      const closed = new Promise((resolve) => socket.on('close', resolve));
      assert.equal((await fetch(await program.url)).status, 404);
      await closed;
      clearInterval(slowly);
      const seconds = (Date.now() - since) / 1000;
      // Less than the 30 s of a whole request.
      assert.ok(seconds > 9 && seconds < 25, `${seconds} s`);
      assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      program.signal('SIGTERM');
      assert.equal(await program.ended, 0);
    });
  });
});
