/** Caches values that are parsed from frozen settings. */

/**
 * Caches the result of `read` for each frozen object. The environment of a process is frozen; the bindings of a Worker
 * are not.
 */
export function onceFrozen<T>(read: (env: object) => T): (env: object) => T {
  const known = new WeakMap<object, T>();
  return (env) => {
    const cached = known.get(env);
    if (cached !== undefined) return cached;
    const value = read(env);
    if (Object.isFrozen(env)) known.set(env, value);
    return value;
  };
}
