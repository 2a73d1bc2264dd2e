/** Concurrent work with a limit. */

/**
 * Calls `work` for each item, with at most `atATime` calls in progress, and returns the results in order. Rejects with
 * the first error.
 */
export async function mapAtATime<T, R>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return results;
}
