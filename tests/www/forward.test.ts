/** The forwarder of `npm start`: what it passes on, early answers, and that nothing that either side sends ends it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { demoSettings } from '../../scripts/demo-data.mjs';
import { startWorker } from '../../scripts/worker.mjs';
import { startFront } from '../../scripts/www/front.mjs';
import { chunked, sendRaw } from '../support/raw-http.ts';

const MIB = 1024 * 1024;
const TOO_LARGE = '{"statusCode":413,"message":"request entity too large"}';
const UNAUTHORIZED = '{"statusCode":401,"message":"Unauthorized"}';
const EARLY_TRIES = 12;

/** An endpoint that says what it was asked; with the path `/bytes`, the bytes of its answer are the test's. */
let bytes: (socket: Socket) => void;
const echo = createHttpServer((request, response) => {
  if (request.url === '/bytes') bytes(request.socket);
  else tell(request, response);
});
function tell(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { method, url, rawHeaders } = request;
    response.setHeader('Keep-Alive', 'timeout=99');
    response.end(JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(parts).toString() }));
  });
}

type Front = Awaited<ReturnType<typeof startFront>>;
let front: Front;
let worker: Awaited<ReturnType<typeof startWorker>>;
let workersFront: Front;
const listening = async (server: Server): Promise<string> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
before(async () => {
  front = await startFront({ endpoint: await listening(echo), settings: demoSettings });
  worker = await startWorker();
  workersFront = await startFront({ endpoint: worker.url, settings: demoSettings });
});
after(async () => {
  await front?.stop();
  await workersFront?.stop();
  await worker?.stop();
  echo.closeAllConnections();
  echo.close();
});

const named = (rawHeaders: string[]) =>
  rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());

test('headers about the connection are not passed on, nor those that Connection names; all others are, as they came', async () => {
  for (const [start, headers, body, passed] of [
    ['GET /x?a=%20b', ['Trailer: x', 'X-Kept: One', 'X-Kept: two'], '', ['X-Kept', 'One', 'X-Kept', 'two']],
    ['GET /x', ['TE: trailers', 'Keep-Alive: timeout=5', 'Proxy-Connection: x', 'Upgrade: h2c'], '', []],
    ['GET /x', ['Connection: X-Private, close', 'X-Private: 1', 'Cookie: a=b'], '', ['Cookie', 'a=b']],
    ['POST /x', ['Trailer: x', 'Content-Length: 2'], '{}', ['Content-Length', '2']],
    // Whatever Connection says, a body ends where it ends.
    ['POST /x', ['Connection: content-length, host', 'Content-Length: 2'], '{}', ['Content-Length', '2']],
    ['POST /x', ['Transfer-Encoding: chunked', 'Trailer: x'], chunked('{}'), ['Transfer-Encoding', 'chunked']],
    ['GET /x', ['Transfer-Encoding: chunked'], chunked('GET /y HTTP/1.1'), ['Transfer-Encoding', 'chunked']],
    ['DELETE /x', ['Transfer-Encoding: chunked'], chunked('{}'), ['Transfer-Encoding', 'chunked']],
  ] as const) {
    const answer = await sendRaw(front.url, start, headers, body);
    assert.equal(answer.status, 200, `${start} ${headers}`);
    const { method, url, rawHeaders, body: read } = JSON.parse(answer.text);
    assert.equal(`${method} ${url}`, start);
    assert.equal(read, body.includes('\r\n') ? body.split('\r\n')[1] : body);
    const hosts = ['Host', new URL(front.url).host];
    assert.deepEqual(rawHeaders.slice(0, hosts.length), hosts);
    // Node adds what it needs of its own connection.
    assert.deepEqual(rawHeaders.slice(hosts.length, hosts.length + passed.length), passed);
    assert.deepEqual(named(rawHeaders.slice(hosts.length + passed.length)), ['connection']);
    assert.equal(answer.headers.get('keep-alive'), null);
  }
});

test('what is no request for a URL is 400, and the next request is answered', async () => {
  const ask = (line: string, host: string) => {
    const { port, hostname } = new URL(front.url);
    return new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(Buffer.from(`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, 'latin1'));
      });
      let text = '';
      socket.on('data', (part) => {
        text += part.toString('latin1');
      });
      socket.on('error', reject).on('close', () => resolve(text));
    });
  };
  for (const [line, host] of [
    ['OPTIONS *', 'a'],
    ['GET *', 'a'],
    ...['', 'a b', 'a:b:c', '[', '[::1', '::1', 'http://x', 'a/b', '%', 'a@b', 'a,b', 'a:99999', 'a?b', '\u00e9'].map(
      (host) => ['GET /x', host] as const,
    ),
    ['GET https://a/x', 'a'],
    ['GET file:///x', 'a'],
    ['GET http://', 'a'],
    ['GET http://[/', 'a'],
  ] as const) {
    assert.match(await ask(line, host), /^HTTP\/1\.1 400 /, `${line} ${host}`);
  }
  for (const [line, host] of [
    ['GET /x', 'a'],
    ['GET /x', 'a.example:1'],
    ['GET /x', '[::1]:8787'],
    ['GET http://b/x', 'a'],
  ] as const) {
    assert.match(await ask(line, host), /^HTTP\/1\.1 200 /, `${line} ${host}`);
  }
  assert.equal(await ask('CONNECT a:1', 'a'), '');
  assert.equal((await sendRaw(front.url, 'GET /x')).status, 200);
});

test('an endpoint that answers nonsense, breaks off or is gone is 502 or a broken answer, and the next is answered', async () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  for (const [answer, status] of [
    ['', 502],
    ['no HTTP\r\n\r\n', 502],
    ['HTTP/1.1 099 Low\r\n\r\n', 502],
    ['HTTP/1.1 99999 High\r\n\r\n', 502],
    [`${head}X: \u0001\r\n\r\n`, 502],
    [`${head}Content-Length: 10\r\n\r\nshort`, undefined],
    [`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nsh`, undefined],
    [`${head}Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n0\r\nX-A: 1\r\n\r\n`, 200],
    [`${head}Trailer: X-A\r\nContent-Length: 2\r\n\r\nok`, 200],
    [`${head}Connection: X-Private\r\nX-Private: 1\r\nContent-Length: 2\r\n\r\nok`, 200],
  ] as const) {
    bytes = (socket) => void socket.end(answer);
    const told = await fetch(`${front.url}/bytes`)
      .then(
        async ({ status, headers, body }) => {
          assert.equal(headers.get('trailer') ?? headers.get('x-private'), null);
          let size = 0;
          for await (const part of body ?? []) size += part.length;
          return status + 0 * size;
        },
        () => undefined,
      )
      .catch(() => undefined);
    assert.equal(told, status, answer);
  }
  const nobody = createServer();
  const url = await listening(nobody);
  nobody.close();
  const other = await startFront({ endpoint: url, settings: demoSettings });
  assert.equal((await fetch(`${other.url}/x`)).status, 502);
  await other.stop();
  assert.equal((await fetch(`${front.url}/x`)).status, 200);
});

test('a client that leaves takes its request with it', async () => {
  const { port, hostname } = new URL(front.url);
  const upstream = new Promise<Socket>((resolve) => {
    bytes = resolve;
  });
  const client = connect(Number(port), hostname, () => client.write('GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n'));
  const socket = await upstream;
  const closed = once(socket, 'close');
  client.destroy();
  await closed;
});

/** A body of 2 MiB and, on the same connection, a second request: both answers. */
function large(url: string, isChunked: boolean): Promise<string> {
  const { port, hostname } = new URL(url);
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${2 * MIB}`;
  const body = 'x'.repeat(2 * MIB);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /api/livekit/token HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
      socket.write(isChunked ? chunked(body) : body);
      socket.write('GET /api/livekit/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    });
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

for (const isChunked of [false, true]) {
  test(`a body of 2 MiB ${isChunked ? 'in chunks' : 'of known length'} is 413, and the connection lives, every time`, async () => {
    for (let tried = 0; tried < EARLY_TRIES; tried++) {
      const text = await large(workersFront.url, isChunked);
      const bodies = [...text.matchAll(/\{"statusCode":.*?\}/g)].map(([body]) => body);
      assert.deepEqual(bodies, [TOO_LARGE, UNAUTHORIZED], `${tried}: ${text.slice(0, 200)}`);
    }
  });
}
