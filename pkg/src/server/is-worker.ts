/** Detects Cloudflare Workers. */

/** True on Cloudflare Workers, where a request cannot use a connection that another request has opened. */
export const isWorker = (): boolean => globalThis.navigator?.userAgent === 'Cloudflare-Workers';
