// Runs all measures and writes bench/results/.
//
// node bench/main.mjs [--smoke] [--only mint,size] [--out FOLDER]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/lib/paths.mjs';
import { main, Problem } from '../scripts/lib/problem.mjs';
import { context } from './lib/context.mjs';
import { goalsTable } from './lib/goals.mjs';
import { load, machine } from './lib/machine.mjs';
import { progress } from './lib/progress.mjs';
import { screenSection, write, writeGoals } from './lib/report.mjs';
import { section } from './lib/section.mjs';
import { screenTable } from './lib/table.mjs';
import { coldStart } from './measures/cold-start.mjs';
import { endpoint } from './measures/endpoint.mjs';
import { limits } from './measures/limits.mjs';
import { native } from './measures/native.mjs';
import { runtimes } from './measures/runtimes.mjs';
import { scale } from './measures/scale.mjs';
import { size } from './measures/size.mjs';
import { mint, verify } from './measures/tokens.mjs';
import { watchers } from './measures/watchers.mjs';

/** The measures in their order. Those that take microseconds come first, before other work fills the process. */
const MEASURES = { mint, verify, 'cold-start': coldStart, runtimes, endpoint, limits, scale, watchers, native, size };

await main(async () => {
  const { values: options } = parseArgs({
    options: { smoke: { type: 'boolean' }, only: { type: 'string' }, out: { type: 'string' } },
  });
  const { smoke = false, only } = options;
  const chosen = only?.split(',') ?? Object.keys(MEASURES);
  const unknown = chosen.find((name) => !(name in MEASURES));
  if (unknown !== undefined)
    throw new Problem(`There is no measure '${unknown}': ${Object.keys(MEASURES).join(', ')}.`);
  const before = load();
  const line = progress(chosen.length);
  const given = context(smoke, line.say);
  const sections = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (!chosen.includes(name)) continue;
    line.begin(name);
    const found = await measure(given).catch((error) => failed(name, error));
    line.clear();
    console.log(screenSection(found));
    sections.push(found);
  }
  const goals = goalsTable(Object.assign({}, ...sections.map(({ findings }) => findings)));
  // The last column, with reasons, is too wide for a terminal.
  const short = { columns: goals.columns.slice(0, -1), rows: goals.rows.map((row) => row.slice(0, -1)) };
  console.log(`\nGoals\n${screenTable(short)}\n`);
  const minutes = (line.seconds() / 60).toFixed(1);
  const about = [...(await machine()), before];
  console.log(`${about.join('\n')}\nIt took ${minutes} minutes.`);
  // Only a complete run replaces the stored results.
  const isWhole = !smoke && only === undefined && process.exitCode === undefined;
  const out = options.out ?? join(root, ...(isWhole ? ['bench', 'results'] : ['.data', 'bench']));
  const remarks = isWhole ? [] : ['**A run of a part, or to try whether the benchmark works: no figures to quote.**'];
  write(out, { sections, goals, machine: about, remarks });
  if (isWhole) {
    writeGoals(goals);
    console.log('Written to bench/results/ and to the goals in bench/README.md.');
  }
  // Exits explicitly, because autocannon and esbuild leave child processes.
  process.exit();
});

/** Reports the error of a measure; the others still run. @param {string} name @param {unknown} error */
function failed(name, error) {
  process.exitCode = 1;
  const message = error instanceof Problem ? error.message : error instanceof Error ? error.stack : `${error}`;
  console.error(`\n${name} failed: ${message}`);
  return { ...section(name), skipped: [`${name}: failed`] };
}
