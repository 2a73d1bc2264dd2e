/** Timeouts of calls to databases, other services and functions of the application. */

/**
 * Returns the result of `work` or, after the timeout, of `onTimeout`, which may throw. The timer is cleared; a later
 * result of `work` is ignored.
 */
export async function withTimeout<T>(milliseconds: number, work: () => PromiseLike<T>, onTimeout: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  }).then(onTimeout);
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
