/** Checks that the database can be used and has the tables. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { textSettings } from '../../config.js';
import { chooseDatabase, type OpenStore, openStore, refuseWithoutSqlite } from '../../server/process/open-store.js';
import { Problem } from '../../server/process/problem.js';
import { PROBE, StoreFault } from '../../server/stores/store.js';
import { errorCode } from '../failure.js';
import type { Check } from './check.js';

type Finding = Omit<Check, 'check'>;

const error = (message: string): Finding => ({ severity: 'error', message });
const advice = (message: string): Finding => ({ severity: 'advice', message });
const ok = (message: string): Finding => ({ severity: 'ok', message });

/** Checks the database of the settings without changing it. */
export async function checkDatabase(env: object): Promise<Check> {
  const { path } = chooseDatabase(env);
  try {
    return { check: 'database', ...(await (path === undefined ? checkPostgres(env) : checkSqliteFile(path))) };
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    return { check: 'database', ...error(thrown.message) };
  }
}

async function checkSqliteFile(path: string): Promise<Finding> {
  const { checkSqlite } = await import('../../server/stores/sqlite-check.js').catch(refuseWithoutSqlite);
  if (path === ':memory:') return advice('The SQLite database is in memory and ends with the process');
  if (!existsSync(path)) return checkFolder(path);
  // Opening a named pipe waits for a writer.
  if (!statSync(path).isFile()) return error('The SQLite file cannot be used: it is not a file');
  try {
    return checkSqlite(path) > 0
      ? advice('The SQLite file lacks tables: they are created at the start')
      : ok('The SQLite file can be used and has the tables');
  } catch (thrown) {
    if (!(thrown instanceof StoreFault)) throw thrown;
    return error(`The SQLite file cannot be used: ${thrown.message}`);
  }
}

function checkFolder(path: string): Finding {
  try {
    accessSync(dirname(resolve(path)), constants.W_OK);
    return advice('The SQLite file does not exist: it is created at the start, with the tables');
  } catch (thrown) {
    return error(`The SQLite file does not exist and cannot be created (${errorCode(thrown)})`);
  }
}

async function checkPostgres(env: object): Promise<Finding> {
  let store: OpenStore | undefined;
  try {
    store = await openStore(env);
    await store.facts(PROBE);
    const hasPresence = await exists(store.presence?.('', { limit: 1 }));
    const hasRecordings = !isRecording(env) || (await exists(store.recordings?.list('', 1)));
    if (hasPresence && !hasRecordings) {
      return advice('PostgreSQL is reached and lacks the tables of recordings: apply postgres/0006 of the package');
    }
    return hasPresence
      ? ok('PostgreSQL is reached and has the tables')
      : advice(
          'PostgreSQL is reached and lacks the tables of presence: apply postgres/0002, 0003 and 0007 of the package',
        );
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    if (!(thrown instanceof StoreFault)) return error(`PostgreSQL returned an unexpected error (${errorCode(thrown)})`);
    if (thrown.name !== 'tables are missing') return error(`PostgreSQL: ${thrown.message}`);
    return error('PostgreSQL is reached and lacks tables: apply the files in postgres/ of the package');
  } finally {
    await store?.close();
  }
}

/** True if recording is configured. Invalid values are found by the check of the settings. */
const isRecording = (env: object): boolean =>
  Object.keys(textSettings(env, ['RECORDING_STORAGE', 'RECORDING_FILEPATH'])).length > 0;

async function exists(asked: Promise<unknown> | undefined): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (thrown) {
    if (thrown instanceof StoreFault && thrown.name === 'tables are missing') return false;
    throw thrown;
  }
}
