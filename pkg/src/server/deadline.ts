/** Waiting for somebody else's answer, but not for ever. */

/**
 * What `work` gives, or what `onLate` gives or throws once so many milliseconds have passed. No timer stays behind; what
 * comes of `work` afterwards is nobody's.
 */
export async function within<T>(milliseconds: number, work: () => PromiseLike<T>, onLate: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const working = Promise.resolve(work());
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => new Promise<T>((late) => late(onLate())).then(resolve, reject), milliseconds);
      working.then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
