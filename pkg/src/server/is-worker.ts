/** Which runtime this is, where it matters. */

/** Whether this is a Cloudflare Worker, where what one request has opened is of no use to another. */
export const isWorker = (): boolean => globalThis.navigator?.userAgent === 'Cloudflare-Workers';
