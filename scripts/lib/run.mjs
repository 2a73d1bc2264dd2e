// Runs a program to its end, keeps what it printed, and stops it at a time limit.
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] the repository's folder if not given
 * @property {NodeJS.ProcessEnv} [env] replaces the environment
 * @property {number} [seconds] time limit
 * @property {boolean} [shell]
 *
 * @typedef {object} Outcome
 * @property {number} code exit code; -1 if a signal or the time limit ended it, 127 if it could not be started
 * @property {string} stdout
 * @property {string} output stdout and stderr in the order they came
 * @property {boolean} timedOut
 */

const KILL_AFTER_MS = 3000;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(program, args, { cwd = root, env = process.env, seconds, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const limit = setTimeout(
      () => {
        timedOut = true;
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
        // What the program itself started may keep these open for ever.
        child.stdout.destroy();
        child.stderr.destroy();
      },
      (seconds ?? 0) * 1000,
    );
    if (seconds === undefined) clearTimeout(limit);
    child.on('error', (error) => {
      clearTimeout(limit);
      resolve({ code: 127, stdout, output: `${output}${error.message}\n`, timedOut });
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code: code ?? -1, stdout, output, timedOut });
    });
  });
}

/**
 * Like `run`, for a command that has to succeed: its output is shown when it doesn't.
 * @param {string} program
 * @param {string[]} args
 * @param {string} sentence what a failure means and what to do about it
 * @param {RunOptions} [options]
 */
export async function mustRun(program, args, sentence, options) {
  const outcome = await run(program, args, options);
  if (outcome.code === 0) return outcome;
  const why = outcome.timedOut ? ` (no end within ${options?.seconds} s)` : '';
  throw new Problem(`\n${outcome.output.trimEnd()}\n\n${sentence}${why}`);
}
