// Turns an error that a user can correct (a missing tool, a busy port) into one sentence instead of a stack trace.
import { pathToFileURL } from 'node:url';

/** An error with a known correction; its message is the sentence that the user reads. */
export class Problem extends Error {}

/**
 * Runs a script's main function. A `Problem` ends it with its sentence and exit code 1; anything else is a defect
 * of the script itself and keeps its stack trace.
 * @param {() => Promise<unknown>} script
 * @param {string} [url] of its module; if given, nothing is run where another script imports the module
 */
export async function main(script, url) {
  if (url !== undefined && url !== pathToFileURL(process.argv[1] ?? '').href) return;
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
