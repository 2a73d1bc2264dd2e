// Measures candidates in turns: in every round each runs for the same short time, and each round starts with another
// one.

const WARM_SLICES = 10;

/**
 * @typedef {object} Candidate
 * @property {string} name
 * @property {(index: number) => unknown} [sync] one operation on the input at this index
 * @property {(index: number) => Promise<unknown>} [async]
 *
 * @typedef {object} Pace
 * @property {number} rounds
 * @property {number} sliceMs milliseconds for each candidate in a round
 * @property {(round: number) => void} [onRound]
 */

/**
 * Returns the nanoseconds of one operation, for each round.
 * @param {readonly Candidate[]} candidates
 * @param {Pace} pace
 * @returns {Promise<Map<string, number[]>>}
 */
export async function measureInTurns(candidates, { rounds, sliceMs, onRound = () => {} }) {
  const runners = new Map(candidates.map((candidate) => [candidate.name, repeat(candidate)]));
  return inTurns([...runners.keys()], { rounds, onRound }, async (name, round) => {
    const run = /** @type {(count: number) => Promise<void>} */ (runners.get(name));
    // The first slices are discarded, because the compiler is still optimizing.
    if (round === 0) await timed(run, WARM_SLICES * sliceMs);
    return timed(run, sliceMs);
  });
}

/**
 * @param {readonly string[]} names
 * @param {{ rounds: number, onRound?: (round: number) => void }} pace
 * @param {(name: string, round: number) => Promise<number>} measure
 * @returns {Promise<Map<string, number[]>>}
 */
export async function inTurns(names, { rounds, onRound = () => {} }, measure) {
  /** @type {Map<string, number[]>} */
  const values = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    onRound(round);
    for (let place = 0; place < names.length; place += 1) {
      const name = names[(place + round) % names.length] ?? '';
      values.get(name)?.push(await measure(name, round));
    }
  }
  return values;
}

/**
 * Creates a separate loop for each candidate, so that the compiler optimizes each on its own.
 * @param {Candidate} candidate
 * @returns {(count: number) => Promise<void>}
 */
export function repeat({ name, sync, async }) {
  const body = sync
    ? 'for (let i = 0; i < count; i += 1) last = operation(i);'
    : 'for (let i = 0; i < count; i += 1) last = await operation(i);';
  const code = `return async function run(count) { let last; ${body} if (last === undefined) throw new Error(${JSON.stringify(name)}); }`;
  return new Function('operation', code)(sync ?? async);
}

/**
 * @param {(count: number) => Promise<void>} run
 * @param {number} sliceMs
 */
async function timed(run, sliceMs) {
  const start = performance.now();
  const end = start + sliceMs;
  let count = 0;
  // The clock is read every half millisecond, which has no measurable cost.
  let batch = 1;
  let before = start;
  for (;;) {
    await run(batch);
    count += batch;
    const now = performance.now();
    if (now >= end) return ((now - start) * 1e6) / count;
    if (now - before < 0.5) batch *= 2;
    before = now;
  }
}
