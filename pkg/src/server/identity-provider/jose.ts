/**
 * jose, which is an ES module: a CommonJS program can import it only like this, and only an identity provider needs it. Its
 * types are internal for the same reason: TypeScript rejects them in the declarations of a CommonJS program.
 */

/** @internal */
export type Jose = typeof import('jose');

/**
 * The module, from the runtime's own cache after the first call: no promise is shared between requests.
 * @internal
 */
export const loadJose = (): Promise<Jose> => import('jose');
