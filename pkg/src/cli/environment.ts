/** The settings of a command: those of its environment and of files. */
import { closeSync, openSync, readSync } from 'node:fs';
import * as util from 'node:util';
import type { Command } from 'commander';
import { codeOf, Failure } from './failure.js';

/** Settings by name. */
export type Environment = Readonly<Record<string, string>>;

/** Where settings come from, besides the environment. */
export interface EnvironmentOptions {
  readonly envFile?: string;
  readonly secretFile?: string;
}

/** Maximum length of a file of settings in bytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Adds the option `--env-file` to a command. Node looks for it among the arguments of every program, and ends with
 * `node: …: not found` and exit code 9 if the file is missing (nodejs/node#54232): `-e` reaches this program.
 */
export const withEnvFile = (command: Command): Command =>
  command.option('-e, --env-file <file>', 'settings as NAME=value lines; those of the environment come first');

/** The settings of the environment, of `--env-file`, and `LIVEKIT_API_SECRET` of `--secret-file`. */
export function readEnvironment({ envFile, secretFile }: EnvironmentOptions): Environment {
  const ofFile = envFile === undefined ? {} : parseSettings(readFile('--env-file', envFile));
  const secret = secretFile === undefined ? {} : { LIVEKIT_API_SECRET: readFile('--secret-file', secretFile) };
  return Object.assign(Object.create(null), ofFile, process.env, secret);
}

function parseSettings(text: string): Record<string, string | undefined> {
  if (util.parseEnv === undefined) throw new Failure('--env-file needs Node 20.12 or newer');
  return util.parseEnv(text);
}

/** The text of a file, which may be a pipe. Fails for one that cannot be read, is too large or is not UTF-8. */
export function readFile(option: string, path: string): string {
  const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(file, bytes, length, bytes.length - length, null);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Failure(`The file of ${option} cannot be read (${codeOf(error)})`);
  }
  if (length > MAX_FILE_BYTES) throw new Failure(`The file of ${option} is larger than 1 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch {
    throw new Failure(`The file of ${option} is not UTF-8`);
  }
}
