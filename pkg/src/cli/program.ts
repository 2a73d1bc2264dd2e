/** Runs the commands. Exit codes: 0 for success, 1 for a failure, 2 for an invalid command line. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { LivekitException } from '../exception.js';
import { addDoctor } from './doctor/command.js';
import { EXIT, errorCode, Failure } from './failure.js';
import { addInspect } from './inspect.js';
import { guardOutput, printError } from './output.js';
import { addServe } from './serve.js';
import { addSync } from './sync.js';
import { addToken } from './token/command.js';
import { usageSentence } from './usage.js';

const EXAMPLES = `
Settings and secrets come from the environment, or from the file of -e.

Examples:
  $ export LIVEKIT_API_KEY=devkey LIVEKIT_API_SECRET=secret LIVEKIT_URL=ws://127.0.0.1:7880
  $ livekit-edge token --room lobby --identity alice
  $ livekit-edge token --room lobby --identity alice | livekit-edge inspect
  $ livekit-edge doctor -e .env
  $ livekit-edge serve -e .env --port 8787`;

/** Runs the command in the arguments, and sets the exit code of the process. */
export async function run(args: readonly string[]): Promise<void> {
  guardOutput();
  // For example from a database driver, for a malformed response. The message may contain anything.
  process.on('uncaughtException', (error) => {
    printError(unexpected(error));
    process.exit(EXIT.failure);
  });
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, program, args);
  }
}

function createProgram(): Command {
  const program = new Command('livekit-edge')
    .description(
      'Issue and inspect LiveKit access tokens, check the settings of a token endpoint, serve it, and sync its rooms.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .hook('preAction', (_, command) => {
      // Node's warnings, such as the one about node:sqlite, are only useful to the operator of a server.
      if (command.name() !== 'serve') process.removeAllListeners('warning');
    });
  for (const add of [addToken, addInspect, addDoctor, addServe, addSync]) add(program);
  return program;
}

const version = (): string => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/** Prints the error of a command, and returns the exit code. */
function report(error: unknown, program: Command, [first]: readonly string[]): number {
  const commands = program.commands.map((command) => command.name());
  const command = commands.find((name) => name === first);
  const see = `(see livekit-edge ${command === undefined ? '' : `${command} `}--help)`;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Without a command its help is printed.
    if (error.code !== 'commander.help') printError(`${usageSentence(error, commands)} ${see}`);
    return EXIT.usage;
  }
  if (error instanceof Failure) {
    printError(error.exitCode === EXIT.usage ? `${error.message} ${see}` : error.message);
    return error.exitCode;
  }
  printError(error instanceof LivekitException ? error.message : unexpected(error));
  return EXIT.failure;
}

const unexpected = (error: unknown): string => `Unexpected error (${errorCode(error)})`;
