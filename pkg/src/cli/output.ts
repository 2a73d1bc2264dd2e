/** Standard output and standard error of the commands. */
import { codeOf, EXIT } from './failure.js';

/** Keeps a reader that closes its pipe (`| head -1`) from being an error: the rest is not written. */
export function guardOutput(): void {
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE') return;
    process.exitCode = EXIT.failure;
    printError(`The output cannot be written (${codeOf(error)})`);
  });
  process.stderr.on('error', () => {});
}

/** Writes lines to standard output. */
export const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

/** Writes JSON to standard output, for programs; what {@link printable} escapes is escaped as JSON does. */
export const printJson = (value: object): void =>
  print([JSON.stringify(value, null, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, jsonEscape)]);

const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at)).padStart(4, '0')}`).join('');

const hex = (code: number): string => code.toString(16);

/** Writes a sentence to standard error. */
export const printError = (sentence: string): void => {
  process.stderr.write(`livekit-edge: ${printable(sentence)}\n`);
};

/** A string that a terminal shows as it is: control characters, which may move its cursor, and invisible ones are escaped. */
export const printable = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${hex(character.codePointAt(0) ?? 0)}}`);
