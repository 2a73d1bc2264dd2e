// Child processes of the benchmark: one process for one figure, or a process that answers requests line by line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { run } from '../../scripts/lib/run.mjs';

const SECONDS = 60;

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<any>} the JSON that it prints
 */
export async function printed(program, args) {
  const { code, stdout, output } = await run(program, args, { seconds: SECONDS });
  if (code !== 0) throw new Error(`${args.at(-1)} ended with ${code}:\n${output}`);
  return JSON.parse(stdout);
}

/**
 * Starts a process that answers each line with a line.
 * @param {string} program
 * @param {string[]} args
 */
export function answering(program, args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    /** @param {string} line */
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args.at(-1)} has ended`);
      return value;
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
