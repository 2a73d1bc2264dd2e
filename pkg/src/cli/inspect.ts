/** `livekit-edge inspect`: decodes and explains a token, and lists why a LiveKit server would reject it. */
import type { Command } from 'commander';
import { type Decoded, decode, tokenIn } from '../inspect/decode.js';
import { inspect as inspectToken } from '../inspect/inspection.js';
import { type EnvironmentOptions, readEnvironment, readFile, withEnvFile } from './environment.js';
import { EXIT, errorCode, Failure, usageError } from './failure.js';
import { inspectionJson, inspectionLines } from './inspection-report.js';
import { print, printJson } from './output.js';

const EXAMPLES = `
The exit code is 0 if a LiveKit server accepts the token, as far as is known
without its secret, and else 1.

Examples:
  $ livekit-edge inspect eyJhbGciOiJIUzI1NiIs…
  $ livekit-edge token --room lobby --identity alice | livekit-edge inspect --secret-env LIVEKIT_API_SECRET
  $ pbpaste | livekit-edge inspect --json -`;

/** Maximum size of standard input in bytes. Every token is smaller. */
const MAX_BYTES = 8 * 1024 * 1024;

interface InspectOptions extends EnvironmentOptions {
  readonly secretEnv?: string;
  readonly json?: true;
}

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('Decode a token, explain its claims, and list why a LiveKit server would refuse it.')
    .argument('[token]', 'the token, or the value of an Authorization header; - or none reads standard input')
    .option('--secret-env <name>', 'verify the signature with the secret of this environment variable')
    .option('--secret-file <file>', 'verify the signature with the secret of this file')
    .option(
      '--json',
      'print {header, claims, meanings, signature, accepted, refused, warnings, expiresAt, secondsLeft}',
    );
  withEnvFile(command).addHelpText('after', EXAMPLES).action(inspect);
}

async function inspect(argument: string | undefined, options: InspectOptions): Promise<void> {
  const secret = readSecret(options);
  const decoded = decodeToken(tokenIn(argument === undefined || argument === '-' ? await readInput() : argument));
  const now = Math.floor(Date.now() / 1000);
  const inspection = await inspectToken(decoded, secret, now);
  if (options.json) printJson(inspectionJson(decoded, inspection, now));
  else print(inspectionLines(decoded, inspection, now));
  if (!inspection.accepted) process.exitCode = EXIT.failure;
}

/**
 * The secret to verify with; empty if no option names one. A blank secret is an error, so that the signature is not
 * silently skipped.
 */
function readSecret({ secretEnv, secretFile, envFile }: InspectOptions): string {
  if (secretEnv !== undefined && secretFile !== undefined)
    throw usageError('Use --secret-env or --secret-file, not both');
  if (secretEnv === undefined && secretFile === undefined) return '';
  const [option, value] =
    secretFile === undefined
      ? ['--secret-env', readEnvironment(envFile === undefined ? {} : { envFile })[secretEnv ?? '']]
      : ['--secret-file', readFile('--secret-file', secretFile)];
  const secret = value?.trim();
  if (!secret) throw new Failure(`The secret of ${option} is not set or blank`);
  return secret;
}

function decodeToken(token: string): Decoded {
  if (token === '') throw new Failure('There is no token: the argument or standard input is empty');
  try {
    return decode(token);
  } catch (error) {
    throw new Failure((error as Error).message.replace(/\.$/, ''));
  }
}

async function readInput(): Promise<string> {
  if (process.stdin.isTTY) throw usageError('Pass a token as an argument or on standard input');
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of process.stdin as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_BYTES) break;
      parts.push(part);
    }
  } catch (error) {
    throw new Failure(`Standard input cannot be read (${errorCode(error)})`);
  }
  if (size > MAX_BYTES) throw new Failure('Standard input is larger than any token');
  return Buffer.concat(parts).toString('utf8');
}
