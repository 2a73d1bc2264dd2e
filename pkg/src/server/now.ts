/** The clock of this process. */

/** Unix seconds. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);
