/** The settings of a command, from its environment and from files. */
import { closeSync, openSync, readSync } from 'node:fs';
import * as util from 'node:util';
import type { Command } from 'commander';
import { errorCode, Failure } from './failure.js';

/** Settings by name. */
export type Environment = Readonly<Record<string, string>>;

/** Files with settings. */
export interface EnvironmentOptions {
  readonly envFile?: string;
  readonly secretFile?: string;
}

/** Maximum size of a file with settings in bytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Adds the option `--env-file` to a command. Node also parses this option from the arguments of a program, and exits
 * with `node: …: not found` and code 9 if the file is missing (nodejs/node#54232). The short form `-e` avoids that.
 */
export const withEnvFile = (command: Command): Command =>
  command.option('-e, --env-file <file>', 'settings as NAME=value lines; those of the environment come first');

/** Returns the settings of the environment and of `-e`, and `LIVEKIT_API_SECRET` from `--secret-file`. */
export function readEnvironment({ envFile, secretFile }: EnvironmentOptions): Environment {
  const ofFile = envFile === undefined ? {} : parseSettings(readFile('-e', envFile));
  const secret = secretFile === undefined ? {} : { LIVEKIT_API_SECRET: readFile('--secret-file', secretFile) };
  return Object.assign(Object.create(null), ofFile, process.env, secret);
}

function parseSettings(text: string): Record<string, string | undefined> {
  if (util.parseEnv === undefined) throw new Failure('-e needs Node 20.12 or newer');
  return util.parseEnv(text);
}

/** Reads the text of a file or pipe. Throws a `Failure` if it cannot be read, is too large or is not UTF-8. */
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
    throw new Failure(`The file of ${option} cannot be read (${errorCode(error)})`);
  }
  if (length > MAX_FILE_BYTES) throw new Failure(`The file of ${option} is larger than 1 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch {
    throw new Failure(`The file of ${option} is not UTF-8`);
  }
}
