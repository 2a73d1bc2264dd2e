// Runs gates, several at a time, each once what it needs is there.

/**
 * @typedef {object} Item a gate, or a tool that gates need
 * @property {string} name
 * @property {readonly string[]} [needs] names of items that have to end first
 * @property {boolean} [heavy] whether it uses every core by itself: of these one runs at a time
 */

/**
 * @template {Item} G
 * @template R
 * @param {readonly G[]} gates the first that can start starts first
 * @param {number} jobs at most so many at a time
 * @param {(gate: G) => Promise<R>} run
 * @returns {Promise<R[]>} in the order of their ends
 */
export async function schedule(gates, jobs, run) {
  /** @type {R[]} */
  const results = [];
  const waiting = [...gates];
  /** @type {Map<G, Promise<void>>} */
  const running = new Map();

  /** @param {G} gate */
  function canStart({ heavy, needs = [] }) {
    const open = [...waiting, ...running.keys()];
    return !(heavy && [...running.keys()].some((gate) => gate.heavy)) && !open.some(({ name }) => needs.includes(name));
  }

  /** @param {G} gate */
  async function start(gate) {
    results.push(await run(gate));
    running.delete(gate);
  }

  while (waiting.length + running.size > 0) {
    for (let next = waiting.findIndex(canStart); next >= 0 && running.size < jobs; next = waiting.findIndex(canStart)) {
      for (const gate of waiting.splice(next, 1)) running.set(gate, start(gate));
    }
    if (running.size === 0)
      throw new Error(`These gates need each other: ${waiting.map(({ name }) => name).join(', ')}`);
    await Promise.race(running.values());
  }
  return results;
}

/**
 * Gates with the tools that they need, and no other tool.
 * @template {Item} G
 * @template {Item} T
 * @param {readonly G[]} gates
 * @param {readonly T[]} tools
 * @returns {(G | T)[]}
 */
export function withTools(gates, tools) {
  const needed = new Set(gates.flatMap(({ needs = [] }) => needs));
  return [...tools.filter(({ name }) => needed.has(name)), ...gates];
}
