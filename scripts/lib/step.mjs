// Prints one line a step: what is being done, how it ended, how long it took.

/**
 * @param {string} name
 * @param {() => Promise<string | undefined>} work resolves to the result to print; `done` by default
 */
export async function step(name, work) {
  const started = performance.now();
  process.stdout.write(`${name} ... `);
  try {
    const result = (await work()) ?? 'done';
    process.stdout.write(`${result} (${secondsSince(started)})\n`);
  } catch (error) {
    process.stdout.write(`failed (${secondsSince(started)})\n`);
    throw error;
  }
}

/** @param {number} started a value of performance.now() */
export function secondsSince(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
