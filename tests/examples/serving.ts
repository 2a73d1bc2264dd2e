/** Starts the server of an example, and stops it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** What the servers of the examples print once they accept connections. */
const LISTENS = /Listening on|Ready in/;

/** A server that was started. */
export interface Serving {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port, which it is told in `PORT`. Resolves once it says that it listens, and rejects with what it
 * printed if it ends instead.
 */
export async function serve(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<Serving> {
  const port = await freePort();
  const child = spawn(program, args, { cwd, env: { ...env, PORT: `${port}`, HOST: '127.0.0.1' } });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (LISTENS.test(output)) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', () => reject(new Error(output)));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
