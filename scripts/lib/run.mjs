// Runs a program to its end, keeps what it printed, and stops it, with all that it started, at a time limit.
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

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** Where a process can lead a group, what it started can be killed with it. */
const HAS_GROUPS = process.platform !== 'win32';

/**
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(program, args, { cwd = root, env = process.env, seconds, shell = false } = {}) {
  return new Promise((resolve) => {
    const detached = HAS_GROUPS && seconds !== undefined;
    const child = spawn(program, args, { cwd, env, shell, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, output, timedOut] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const onTimeout = () => {
      timedOut = true;
      kill(child, detached);
      // A process that left the group may keep these open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const limit = seconds === undefined ? undefined : setTimeout(onTimeout, seconds * 1000);
    // A terminal's Ctrl-C does not reach a group of its own.
    const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
      kill(child, detached);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    if (detached) for (const signal of SIGNALS) process.once(signal, onSignal);
    const end = (/** @type {number} */ code) => {
      clearTimeout(limit);
      for (const signal of SIGNALS) process.removeListener(signal, onSignal);
      resolve({ code, stdout, output, timedOut });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.on('close', (code) => end(code ?? -1));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} group
 */
function kill(child, group) {
  if (!group || child.pid === undefined) return child.kill('SIGKILL');
  try {
    return process.kill(-child.pid, 'SIGKILL');
  } catch {
    return false;
  }
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
