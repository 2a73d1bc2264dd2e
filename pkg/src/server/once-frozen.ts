/** What is read from settings that are frozen is read once, whatever getters they have. */

/** `read`, which is not asked again about an object that is frozen: a process has one, a Worker's bindings are none. */
export function onceFrozen<T>(read: (env: object) => T): (env: object) => T {
  const known = new WeakMap<object, T>();
  return (env) => {
    const before = known.get(env);
    if (before !== undefined) return before;
    const value = read(env);
    if (Object.isFrozen(env)) known.set(env, value);
    return value;
  };
}
