// Measures the Rust crate, LiveKit's crate and jsonwebtoken with criterion. The whole run is repeated to see the
// spread.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRITERION, nativeBenchmarks } from '../lib/cargo.mjs';
import { findings, section, timesChart, timesTable } from '../lib/section.mjs';

const CRATES = ['livekit-edge', 'livekit-token', 'jsonwebtoken'];
const WARM_SECONDS = 0.3;

/** @param {import('../lib/context.mjs').Context} context */
export async function native({ smoke, native: { rounds, seconds }, say }) {
  const found = section('Native Rust', [
    'Measured with criterion, whose whole run is repeated; the figures are the medians of the runs. LivekitService::generate_token of livekit-edge, AccessToken of livekit-api (crate livekit-token), and jsonwebtoken with serde_json values; then their verifiers. Before the measurement their claims were compared.',
  ]);
  if (smoke) {
    found.skipped.push("native Rust: a smoke run does not compile LiveKit's crates");
    return found;
  }
  say('compiling, the first time for two minutes');
  // The first run compiles, and prints whether the claims are equal.
  const { stdout } = await nativeBenchmarks(['--test']);
  found.notes.push(...differences(stdout));
  for (const task of ['mint', 'verify']) {
    /** @type {Map<string, number[]>} */
    const values = new Map(CRATES.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      say(`${task}, run ${round + 1} of ${rounds}`);
      await nativeBenchmarks([
        '--noplot',
        '--warm-up-time',
        `${WARM_SECONDS}`,
        '--measurement-time',
        `${seconds}`,
        `^${task} `,
      ]);
      for (const [name, numbers] of values) numbers.push(readMedian(`${task} ${name}`));
    }
    found.tables.push({ caption: task === 'mint' ? 'Mint' : 'Verify', table: timesTable(values, 'livekit-edge') });
    found.charts.push(timesChart(`Native Rust, ${task}: time a token`, values, ['livekit-edge']));
    if (task === 'mint') {
      found.findings = findings(values, 'livekit-edge', { 'native mint / livekit-token': 'livekit-token' });
    }
  }
  return found;
}

/** @param {string} printed */
function differences(printed) {
  const lines = printed.split('\n').filter((line) => line.startsWith('{"crate"'));
  return lines.map((line) => {
    const { crate, more, less } = JSON.parse(line);
    if (more.length + less.length === 0) return `The claims of ${crate} are equal to ours.`;
    return `The claims of ${crate} differ: it has ${more.join(', ') || 'nothing'} where ours has ${less.join(', ') || 'nothing'}.`;
  });
}

/** Returns the median in nanoseconds. @param {string} benchmark */
const readMedian = (benchmark) =>
  JSON.parse(readFileSync(join(CRITERION, benchmark, 'new', 'estimates.json'), 'utf8')).median.point_estimate;
