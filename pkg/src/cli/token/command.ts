/** `livekit-edge token`: issues an access token. */
import type { Command } from 'commander';
import { serviceSettings, settingsText } from '../../config.js';
import { LivekitException } from '../../exception.js';
import { decode } from '../../inspect/decode.js';
import { checkSettings } from '../../server/check-settings.js';
import { utf8 } from '../../utf8.js';
import type { SignedToken } from '../../wasm/generated/livekit_edge.js';
import { call } from '../../wasm/instance.js';
import { type Environment, type EnvironmentOptions, readEnvironment, withEnvFile } from '../environment.js';
import { EXIT, Failure, usageError } from '../failure.js';
import { print, printJson } from '../output.js';
import { accessToken, type TokenOptions } from './claims.js';
import { addGrantOptions, collect } from './grants.js';

const EXAMPLES = `
The key is that of LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or the first of
LIVEKIT_KEYS; with LIVEKIT_SERVERS it is that of the room's server. A permission
with neither of its two options is unset: LiveKit's default applies.

Examples:
  $ livekit-edge token --room lobby --identity alice --name Alice --ttl 10m
  $ livekit-edge token --room lobby --identity listener --no-can-publish
  $ livekit-edge token --room lobby --identity alice --source microphone --attribute seat=12 --json
  $ livekit-edge token --room lobby --identity alice --agent 'assistant:{"language":"sv"}'
  $ livekit-edge token --room-list --ttl 60`;

/** Options of the command. */
interface CommandOptions extends TokenOptions, EnvironmentOptions {
  readonly server?: string;
  readonly json?: true;
}

export function addToken(program: Command): void {
  const command = program
    .command('token')
    .description('Issue an access token and print it.')
    .option('-r, --room <room>', 'the room; the token may be used to join it')
    .option('-i, --identity <identity>', 'identity of the participant; required to join')
    .option('--name <name>', 'display name of the participant')
    .option('--ttl <ttl>', 'seconds, or a duration such as 10m or 2 days; the default is 6h')
    .option('--metadata <text>', 'metadata of the participant')
    .option('--attribute <key=value>', 'attribute of the participant (repeatable)', collect)
    .option(
      '--source <source>',
      'camera, microphone, screen_share, …: the only sources to publish (repeatable)',
      collect,
    )
    .option('--agent <name[:metadata]>', 'agent to dispatch to the room (repeatable)', collect)
    .option('--room-preset <preset>', 'room preset of LiveKit Cloud')
    .option('--kind <kind>', 'kind of participant, such as agent: a privilege')
    .option('--no-room-join', 'the token may not be used to join the room')
    .option('--server <name>', 'the server of LIVEKIT_SERVERS; the default is the one that the room is on')
    .option('--secret-file <file>', 'file of the API secret, in place of LIVEKIT_API_SECRET')
    .option('--json', 'print {token, identity, room, url, expiresAt}');
  withEnvFile(command).addHelpText('after', EXAMPLES);
  addGrantOptions(command);
  command.action(issue);
}

function issue(options: CommandOptions): void {
  const { room, identity, server, json } = options;
  const text = JSON.stringify(accessToken(options));
  const { token, url } = sign(readEnvironment(options), text, room, server);
  const expiresAt = new Date(Number(decode(token).claims['exp']) * 1000).toISOString();
  if (json) printJson({ token, identity, room, url, expiresAt });
  else print([token]);
}

/** Signs a token with the key of a server. The rules reject claims that a LiveKit server would reject. */
function sign(env: Environment, text: string, room: string | undefined, server: string | undefined): SignedToken {
  try {
    const settings = settingsText(serviceSettings(env));
    return call(({ LivekitService }) => {
      const service = new LivekitService(settings);
      try {
        return service.signAccessToken(room ?? '', server, utf8(text));
      } finally {
        service.free();
      }
    });
  } catch (error) {
    throw error instanceof LivekitException ? failure(error, env) : error;
  }
}

function failure({ code, message, status }: LivekitException, env: Environment): Failure {
  if (code === 'unknown_server') return usageError('--server is not a name of LIVEKIT_SERVERS');
  if (code === 'not_configured') return new Failure(notConfigured(env));
  return new Failure(message, status === 400 ? EXIT.usage : EXIT.failure);
}

/** The sentence for settings without a key. */
function notConfigured(env: Environment): string {
  const errors = checkSettings(env).filter(
    ({ setting, severity }) => severity === 'error' && setting.startsWith('LIVEKIT_'),
  );
  const missing = errors.filter(({ code }) => code === 'missing').map(({ setting }) => setting);
  const others = errors.filter(({ code }) => code !== 'missing').map(({ message }) => message);
  return others.join('. ') || `Set ${missing.join(' and ')} in the environment or in the file of -e`;
}
