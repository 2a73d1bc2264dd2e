// Measures the same bundle on every runtime. All are timed from outside, because the clock of a Worker does not advance
// during CPU work.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { startWorker } from '../../scripts/worker.mjs';
import { forProcesses } from '../lib/bundle.mjs';
import { answering } from '../lib/child.mjs';
import { time, times, withQuartiles } from '../lib/format.mjs';
import { isThere, runtimes as programs } from '../lib/programs.mjs';
import { inTurns } from '../lib/rounds.mjs';
import { section } from '../lib/section.mjs';
import { ratio, spread } from '../lib/statistics.mjs';

const TASKS = {
  Mint: ['mint LivekitService.generateToken', 'mint AccessToken.toJwtSync', 'mint livekit-server-sdk', 'mint jose'],
  Verify: ['verify TokenVerifier.verifySync', 'verify livekit-server-sdk', 'verify jose'],
};
const FOLDER = join(root, 'bench', 'runtimes');

/** @typedef {{ work: (task: string, count: number) => Promise<unknown>, stop: () => Promise<unknown> }} Host */

/** @param {import('../lib/context.mjs').Context} context */
export async function runtimes({ hostPace: pace, say }) {
  const found = section('Runtimes', [
    'One bundle on each runtime, in turns. Each runs a loop inside one call that is timed from outside, because the clock of a Worker does not advance during CPU work.',
  ]);
  /** @type {Map<string, Host>} */
  const hosts = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  try {
    const script = join(folder, 'process.mjs');
    writeFileSync(script, await forProcesses(`import ${JSON.stringify(join(FOLDER, 'process.mjs'))};`));
    for (const { name, program, args } of programs()) {
      if (isThere(program)) hosts.set(name, onProcess(program, [...args, script]));
      else found.skipped.push(`${name}: its npm package came without its program`);
    }
    hosts.set('workerd', await onWorker());
    const names = [...hosts.keys()].flatMap((host) =>
      Object.values(TASKS)
        .flat()
        .map((task) => `${host}: ${task}`),
    );
    /** @type {Map<string, number>} */
    const counts = new Map();
    const { rounds } = pace;
    const onRound = (/** @type {number} */ round) => say(`round ${round + 1} of ${rounds}`);
    const values = await inTurns(names, { rounds, onRound }, async (name) => {
      const [host = '', task = ''] = name.split(': ');
      const work = /** @type {Host} */ (hosts.get(host)).work;
      const count = counts.get(name) ?? (await calibrate(work, task, pace.sliceMs));
      const took = await timed(work, task, count);
      // Each round determines the count of the next one, because compilers optimize and the load changes.
      counts.set(name, enough(count, took, pace.sliceMs));
      return (took * 1e6) / count;
    });
    for (const [caption, tasks] of Object.entries(TASKS)) {
      found.tables.push({ caption, table: table([...hosts.keys()], tasks, values) });
    }
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.stop()));
    rmSync(folder, { recursive: true });
  }
  return found;
}

/**
 * @param {string[]} hosts
 * @param {string[]} tasks the first is ours
 * @param {Map<string, number[]>} values
 */
function table(hosts, tasks, values) {
  const of = (/** @type {string} */ host, /** @type {string} */ task) => values.get(`${host}: ${task}`) ?? [];
  const first = tasks[0] ?? '';
  return {
    columns: ['', ...hosts],
    rows: tasks.flatMap((task) => {
      const name = task.slice(task.indexOf(' ') + 1);
      const figures = [name, ...hosts.map((host) => withQuartiles(spread(of(host, task)), time))];
      const relative = hosts.map((host) => `× ${times(ratio(of(host, task), of(host, first)).median)}`);
      return task === first ? [figures] : [figures, [`  as a multiple of the first`, ...relative]];
    }),
  };
}

/**
 * Returns how many operations fill a slice, after some slices for the compiler.
 * @param {Host['work']} work
 * @param {string} task
 * @param {number} sliceMs
 */
async function calibrate(work, task, sliceMs) {
  let count = 8;
  for (const end = performance.now() + 4 * sliceMs; performance.now() < end; ) {
    count = enough(count, await timed(work, task, count), sliceMs);
  }
  return count;
}

/**
 * Returns the next count, at most four times the previous one, because the first operations start the module.
 * @param {number} count
 * @param {number} took milliseconds
 * @param {number} sliceMs
 */
const enough = (count, took, sliceMs) => Math.max(8, Math.min(count * 4, Math.round((count * sliceMs) / took)));

/**
 * @param {Host['work']} work
 * @param {string} task
 * @param {number} count
 */
async function timed(work, task, count) {
  const start = performance.now();
  await work(task, count);
  return performance.now() - start;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Host}
 */
function onProcess(program, args) {
  const { ask, stop } = answering(program, args);
  return { work: (task, count) => ask(`${count} ${task}`), stop };
}

/** @returns {Promise<Host>} */
async function onWorker() {
  const entry = join(FOLDER, 'worker.mjs');
  const { url, stop } = await startWorker({ entry, migrate: false, demo: false, bindings: {} });
  return {
    async work(task, count) {
      const response = await fetch(`${url}/?count=${count}&task=${encodeURIComponent(task)}`);
      if ((await response.text()) !== 'done') throw new Error(`The Worker failed at ${task}: ${response.status}`);
    },
    stop,
  };
}
