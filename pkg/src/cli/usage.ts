/** Messages for an invalid command line. They contain no value of an argument, which may be a secret or a token. */
import type { CommanderError } from 'commander';

/**
 * Names of options that look like a secret. Secrets are not accepted as arguments, which other users of the machine can
 * read in the list of processes.
 */
const SECRET = /secret|password|api-?key/;

/** Converts an error of commander into a sentence. */
export function usageSentence({ code, message }: CommanderError, commands: readonly string[]): string {
  switch (code) {
    case 'commander.unknownCommand':
      return `Unknown command: use ${commands.join(', ')}`;
    case 'commander.unknownOption':
      return unknownOption(message);
    default:
      // These messages contain only names that the program declares.
      return message.replace(/^error: |\.$/g, '').replace(/^[a-z]/, (letter) => letter.toUpperCase());
  }
}

function unknownOption(message: string): string {
  const option = /^error: unknown option '(--[a-z][a-z-]*)['=]/.exec(message)?.[1];
  if (option === undefined) return 'Unknown option';
  if (SECRET.test(option)) {
    return `Unknown option ${option}: keys and secrets come from the environment or a file, never from an argument`;
  }
  const suggestion = /\n\(Did you mean (one of )?(--[a-z, -]+)\?\)$/.exec(message)?.[2];
  return `Unknown option ${option}${suggestion === undefined ? '' : `: did you mean ${suggestion}?`}`;
}
