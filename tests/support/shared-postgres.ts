/** For `node --test --test-global-setup`: one PostgreSQL for all test files of a run, each of which makes databases of its own. */

import { SHARED_POSTGRES } from './platform.ts';
import { type PostgresServer, startPostgres } from './postgres/server.mjs';

let server: PostgresServer | undefined;

export async function globalSetup(): Promise<void> {
  server = await startPostgres();
  // The processes of the test files inherit it.
  process.env[SHARED_POSTGRES] = server.url;
}

export const globalTeardown = () => server?.stop();
