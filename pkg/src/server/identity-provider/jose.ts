/** jose, which is an ES module: a CommonJS program can import it only like this, and only an identity provider needs it. */

export type Jose = typeof import('jose');

/** The module, from the runtime's own cache after the first call: no promise is shared between requests. */
export const loadJose = (): Promise<Jose> => import('jose');
