// Programs that run beside the benchmark: fresh ones for one figure, and ones that count loops when they are told to.
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
 * A process that answers each line with a line.
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
