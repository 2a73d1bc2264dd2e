/** Waiting for somebody else's answer, but not for ever. */

/**
 * What `work` gives, or what `onLate` gives or throws once so many milliseconds have passed. No timer stays behind; what
 * comes of `work` afterwards is nobody's.
 */
export async function within<T>(milliseconds: number, work: () => PromiseLike<T>, onLate: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  }).then(onLate);
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
