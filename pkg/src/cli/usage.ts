/** Errors of the command line → sentences, without the value of an argument: it may be a secret or a token. */
import type { CommanderError } from 'commander';

/** What users try first for a secret, which every other user of the machine could read in the list of processes. */
const SECRET = /secret|password|api-?key/;

/** The sentence for an error of commander. */
export function usageSentence({ code, message }: CommanderError, commands: readonly string[]): string {
  switch (code) {
    case 'commander.unknownCommand':
      return `Unknown command: use ${commands.join(', ')}`;
    case 'commander.unknownOption':
      return unknownOption(message);
    default:
      // These name only what the program itself declares.
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
