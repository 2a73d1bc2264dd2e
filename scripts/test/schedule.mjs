// Runs gates, several at a time where that is asked for.

/**
 * @template {{ cargo?: boolean }} G
 * @template R
 * @param {readonly G[]} gates started in this order
 * @param {number} jobs at most so many at a time
 * @param {(gate: G) => Promise<R>} run
 * @returns {Promise<R[]>} in the order of their ends
 */
export async function schedule(gates, jobs, run) {
  /** @type {R[]} */
  const results = [];
  const waiting = [...gates];
  /** @type {Promise<void> | undefined} */
  let cargo;

  async function worker() {
    while (waiting.length > 0) {
      // Cargo locks its folder: a second one would only hold a place in which tests could run.
      const next = waiting.findIndex((gate) => cargo === undefined || !gate.cargo);
      if (next < 0) {
        await cargo;
        continue;
      }
      const [gate] = waiting.splice(next, 1);
      if (gate !== undefined) await (gate.cargo ? alone(gate) : pass(gate));
    }
  }

  /** @param {G} gate */
  async function pass(gate) {
    results.push(await run(gate));
  }

  /** @param {G} gate */
  async function alone(gate) {
    const ended = pass(gate);
    cargo = ended.then(
      () => {},
      () => {},
    );
    await ended.finally(() => {
      cargo = undefined;
    });
  }

  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}
