// Runs a program that libFuzzer is linked to, and reads what it prints about its progress.
import { spawn } from 'node:child_process';
import { root } from '../lib/paths.mjs';

/**
 * @typedef {object} Job
 * @property {string} program
 * @property {string[]} folders inputs; what is found is written into the first
 * @property {string} failed where an input that fails is written to
 * @property {string} dictionary
 *
 * @typedef {object} Result
 * @property {number} executions
 * @property {string} [input] the input that fails a check, takes too long or too much memory
 * @property {string} output the end of what was printed
 */

/** Longest input in bytes. The endpoint's limits are tested elsewhere; a short input is executed more often. */
const MAX_BYTES = 1024;
const INPUT_SECONDS = 10;
const MEGABYTES = 1024;
const LAST_CHARACTERS = 6000;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a target for some seconds, and prints a line about its progress.
 * @param {string} name
 * @param {Job} job
 * @param {number} seconds
 * @returns {Promise<Result>}
 */
export function fuzz(name, { program, folders, failed, dictionary }, seconds) {
  const limits = [`-max_len=${MAX_BYTES}`, `-timeout=${INPUT_SECONDS}`, `-rss_limit_mb=${MEGABYTES}`];
  const args = [`-max_total_time=${Math.max(1, Math.round(seconds))}`, ...limits, `-dict=${dictionary}`];
  args.push(`-artifact_prefix=${failed}/`, '-print_final_stats=1', ...folders);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    // A target must not outlive the script, which a signal ends without an event `exit`.
    const stop = () => {
      child.kill('SIGKILL');
      process.exit(1);
    };
    for (const signal of SIGNALS) process.once(signal, stop);
    let output = '';
    let unfinished = '';
    const progress = { executions: 0, coverage: 0 };
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-LAST_CHARACTERS);
      // libFuzzer writes a line in pieces.
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) follow(line, progress);
      if (process.stdout.isTTY) process.stdout.write(`\r${line(name, progress)}`);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      for (const signal of SIGNALS) process.removeListener(signal, stop);
      const executions = Number(output.match(/stat::number_of_executed_units:\s*(\d+)/)?.[1] ?? progress.executions);
      const input = output.match(/Test unit written to (\S+)/)?.[1];
      const result = code === 0 ? {} : { input: input ?? 'no file: the program ended without one' };
      process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${line(name, { ...progress, executions })}\n`);
      resolve({ executions, output, ...result });
    });
  });
}

/**
 * Reads a line such as `#1024 pulse cov: 512 ft: 900 …`.
 * @param {string} line
 * @param {{ executions: number, coverage: number }} progress
 */
function follow(line, progress) {
  const [, executions, coverage] = /^#(\d+)\s+\S+\s+cov: (\d+)/.exec(line) ?? [];
  if (executions === undefined) return;
  progress.executions = Number(executions);
  progress.coverage = Number(coverage);
}

/**
 * @param {string} name
 * @param {{ executions: number, coverage: number }} progress
 */
const line = (name, { executions, coverage }) =>
  `${name}: ${executions.toLocaleString('en-US')} executions, ${coverage} edges`;
