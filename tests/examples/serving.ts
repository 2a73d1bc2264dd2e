/** Starts the server of an example, and stops it. */
import { freePort } from '../../scripts/serve/port.mjs';
import { start } from '../support/serving.ts';

/** The output of the servers of the examples when they accept connections. */
const LISTENS = /Listening on|Ready in/;

/** A started server. */
export interface Serving {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts a server on a free port, which is passed in `PORT`, because not every framework prints the port that it chose for 0. */
export async function serve(command: readonly string[], cwd: string, env: Record<string, string>): Promise<Serving> {
  const port = await freePort(0, 'try again');
  const { stop } = await start(command, cwd, { ...env, PORT: `${port}`, HOST: '127.0.0.1' }, LISTENS);
  return { url: `http://127.0.0.1:${port}`, stop };
}
