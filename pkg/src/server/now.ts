/** The current time. */

/** Returns the current time in Unix seconds. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
