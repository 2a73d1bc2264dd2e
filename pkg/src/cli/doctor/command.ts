/** `livekit-edge doctor`: checks settings, LiveKit servers and the database of an endpoint. */
import type { Command } from 'commander';
import { checkSettings } from '../../server/check-settings.js';
import { type Environment, type EnvironmentOptions, readEnvironment, withEnvFile } from '../environment.js';
import { EXIT } from '../failure.js';
import { print, printable, printJson } from '../output.js';
import { type Check, isHealthy } from './check.js';
import { checkDatabase } from './database.js';
import { checkLivekit } from './livekit.js';

const EXAMPLES = `
It changes nothing. The exit code is 0 if all is ok or advice, else 1.

Examples:
  $ livekit-edge doctor -e .env
  $ livekit-edge doctor -e .dev.vars --no-database       # a Worker on D1
  $ livekit-edge doctor --no-user-tokens --no-database   # an application with its own authenticate
  $ livekit-edge doctor --json | jq .healthy`;

interface DoctorOptions extends EnvironmentOptions {
  /** False for `--no-database`. */
  readonly database: boolean;
  /** False for `--no-user-tokens`. */
  readonly userTokens: boolean;
  readonly json?: true;
}

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Check the settings as the endpoint does, reach the LiveKit servers with a token, and open the database.',
    )
    .option('--no-database', 'skip the database of DATABASE_URL or SQLITE_PATH')
    .option('--no-user-tokens', 'accept settings without JWT_SECRET or JWT_JWKS_URL')
    .option('--json', 'print {healthy, checks}');
  withEnvFile(command).addHelpText('after', EXAMPLES).action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const env = readEnvironment(options);
  const ofSettings = checkEnvironment(env, options);
  const isUsable = !ofSettings.some(({ setting, severity }) => setting === 'DATABASE_URL' && severity === 'error');
  const checks = [
    ...ofSettings,
    ...(await Promise.all([checkLivekit(env), options.database && isUsable ? checkDatabase(env) : []])).flat(),
  ];
  if (options.json) printJson({ healthy: isHealthy(checks), checks });
  else print(checks.map(({ severity, message }) => `${severity.padEnd(7)}  ${printable(message)}`));
  if (!isHealthy(checks)) process.exitCode = EXIT.failure;
}

function checkEnvironment(env: Environment, { database, userTokens }: DoctorOptions): Check[] {
  const errors = checkSettings(env, { process: database, userTokens });
  if (errors.length === 0) return [{ check: 'settings', severity: 'ok', message: 'The settings are valid' }];
  return errors.map(({ setting, severity, message }) => ({ check: 'settings', severity, message, setting }));
}
