/** `livekit-edge serve`: runs the endpoint as a process, as `serve()` of `livekit-edge/node` does. */
import type { Command } from 'commander';
import { parseAddress } from '../server/process/address.js';
import { Problem } from '../server/process/problem.js';
import { type EnvironmentOptions, readEnvironment, withEnvFile } from './environment.js';
import { EXIT, Failure, usageError } from './failure.js';
import { importWithHono } from './hono.js';

const EXAMPLES = `
It serves POST /api/livekit/token and the other routes on a SQLite file
(SQLITE_PATH, by default livekit-edge.sqlite) or on the PostgreSQL of
DATABASE_URL, and logs one JSON object a line. SIGTERM and SIGINT finish the
requests in progress.

Examples:
  $ livekit-edge serve -e .env
  $ livekit-edge serve --host 127.0.0.1 --port 0
  $ DATABASE_URL=postgres://user@host/database livekit-edge serve`;

interface ServeOptions extends EnvironmentOptions {
  readonly host?: string;
  readonly port?: string;
}

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Serve the token endpoint until it is stopped.')
    .option('--host <host>', 'address to listen on, in place of HOST; the default is 0.0.0.0, every interface')
    .option('--port <port>', 'port to listen on, in place of PORT; 0 for any free one; the default is 8787');
  withEnvFile(command).addHelpText('after', EXAMPLES).action(serve);
}

async function serve({ host, port, ...options }: ServeOptions): Promise<void> {
  const given = readEnvironment(options);
  if (host?.trim() === '' || port?.trim() === '') throw usageError('--host and --port must not be blank');
  const env = Object.freeze({ ...given, ...(host && { HOST: host }), ...(port && { PORT: port }) });
  checkAddress(env, port === undefined ? EXIT.failure : EXIT.usage);
  const [{ serve }, { nodePlatform }] = await importWithHono(() =>
    Promise.all([import('../server/process/process.js'), import('../server/process/node-platform.js')]),
  );
  await serve({ ...nodePlatform, addressNames: '--host and --port, or HOST and PORT,' }, { env });
}

/**
 * Checks the address before anything is loaded, so that an invalid argument gets the exit code of an invalid command
 * line.
 */
function checkAddress(env: object, exitCode: number): void {
  try {
    parseAddress(env);
  } catch (error) {
    throw error instanceof Problem ? new Failure(error.message, exitCode) : error;
  }
}
