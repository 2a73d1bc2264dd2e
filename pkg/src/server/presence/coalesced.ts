/** Coalesces concurrent calls. */

/**
 * Returns a function that calls `work`, with at most one call in progress and one waiting. Calls that come in the
 * meantime share the waiting one. Each promise resolves with a call that started after it was requested.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  function run(): Promise<void> {
    const started = work().finally(() => {
      running = undefined;
    });
    running = started;
    return started;
  }

  async function runAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    waiting = undefined;
    return run();
  }

  return () => {
    if (running === undefined && waiting === undefined) return run();
    waiting ??= runAfter(running ?? Promise.resolve());
    return waiting;
  };
}
