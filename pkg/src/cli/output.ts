/** Standard output and standard error of the commands. */
import { EXIT, errorCode } from './failure.js';

/** Ignores the error of a reader that closes its pipe (`| head -1`), and stops writing. */
export function guardOutput(): void {
  process.stdout.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') return;
    process.exitCode = EXIT.failure;
    printError(`The output cannot be written (${errorCode(error)})`);
  });
  process.stderr.on('error', () => {});
}

/** Writes lines to standard output. */
export const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

/**
 * Writes JSON to standard output, for programs. The characters that {@link printable} escapes are escaped as in JSON.
 */
export const printJson = (value: object): void =>
  print([JSON.stringify(value, null, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, jsonEscape)]);

const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at)).padStart(4, '0')}`).join('');

const hex = (code: number): string => code.toString(16);

/** Writes a sentence to standard error. */
export const printError = (sentence: string): void => {
  process.stderr.write(`livekit-edge: ${printable(sentence)}\n`);
};

/** Escapes control characters, which could move the cursor of a terminal, and invisible characters. */
export const printable = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${hex(character.codePointAt(0) ?? 0)}}`);
