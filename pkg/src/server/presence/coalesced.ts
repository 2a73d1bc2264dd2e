/** Calls that come while one is in progress share the next one. */

/**
 * `work`, with at most one call in progress and one waiting for it: any number of calls costs two. The promise is that of a
 * call that began after it was asked for.
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
