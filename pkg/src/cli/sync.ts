/** `livekit-edge sync`: updates the permissions of participants to those in the database. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { LivekitException } from '../exception.js';
import { chooseDatabase, openStore } from '../server/process/open-store.js';
import { Problem } from '../server/process/problem.js';
import type { SyncResult } from '../server/rbac/sync-result.js';
import { StoreFault } from '../server/stores/store.js';
import { type EnvironmentOptions, readEnvironment, withEnvFile } from './environment.js';
import { EXIT, Failure, usageError } from './failure.js';
import { importWithHono } from './hono.js';
import { print, printJson } from './output.js';

const EXAMPLES = `
Participants who may no longer be in the room are removed, and the permissions
of the others become what the rules of LIVEKIT_GRANTS say. The exit code is 0 if all
was done, else 1: repeat the command.

Examples:
  $ livekit-edge sync -e .env --user user-456
  $ livekit-edge sync -e .env --room channel-abc123 --json`;

interface SyncCommandOptions extends EnvironmentOptions {
  readonly room?: string;
  readonly user?: string;
  readonly json?: true;
}

export function addSync(program: Command): void {
  const command = program
    .command('sync')
    .description('Apply changed roles, bans, timeouts, memberships and overwrites to the participants in rooms.')
    .option('--room <room>', 'everyone in the room of this channel or group of direct messages')
    .option('--user <user>', 'the user of this id, in every room')
    .option('--json', 'print the result as JSON');
  withEnvFile(command).addHelpText('after', EXAMPLES).action(sync);
}

async function sync({ room, user, json, ...options }: SyncCommandOptions): Promise<void> {
  const env = readEnvironment(options);
  if ((room === undefined) === (user === undefined)) throw usageError('Use either --room or --user');
  const { createSync } = await importWithHono(() => import('../server/rbac/create-sync.js'));
  const { path } = chooseDatabase(env);
  // Opening the store would create an empty file.
  if (path !== undefined && !existsSync(path)) throw new Failure('The SQLite file of SQLITE_PATH does not exist');
  const store = await openStore(env).catch((error: unknown) => {
    throw error instanceof Problem || error instanceof StoreFault ? new Failure(error.message) : error;
  });
  let result: SyncResult;
  try {
    const call = createSync({ settings: { ...env, LOG_LEVEL: 'error' }, store });
    result = await call(room === undefined ? { user: user ?? '' } : { room });
  } catch (error) {
    throw toFailure(error);
  } finally {
    await store.close();
  }
  if (json) printJson(result);
  else print([sentence(result)]);
  if (!result.isComplete) process.exitCode = EXIT.failure;
}

function toFailure(error: unknown): unknown {
  switch (error instanceof LivekitException ? error.code : undefined) {
    case 'room_not_found':
      return new Failure('No channel and no group of direct messages has the id of --room');
    case 'store_unavailable':
      return new Failure('The database did not answer: see livekit-edge doctor');
    default:
      return error;
  }
}

function sentence({ rooms, checked, updated, removed, unknown, failed, isComplete }: SyncResult): string {
  const counts = [
    `rooms: ${rooms}`,
    `checked: ${checked}`,
    `updated: ${updated}`,
    `removed: ${removed}`,
    `unknown: ${unknown}`,
    `failed: ${failed}`,
  ];
  return `${isComplete ? 'Complete' : 'Not complete'} (${counts.join(', ')})`;
}
