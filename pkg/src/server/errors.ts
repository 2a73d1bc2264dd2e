/** Errors that more than one place throws: each call is a new one, with a stack of its own. */
import { createException, type LivekitErrorCode, LivekitException } from '../exception.js';

/** 404. */
export const notFound = (): LivekitException => createException('not_found', 'Not Found');

/** 413. */
export const tooLarge = (): LivekitException => createException('too_large', 'request entity too large');

/** 503. */
export const storeUnavailable = (): LivekitException => createException('store_unavailable', 'Service Unavailable');

/** Waits for a call, and ignores an error of this code: what was asked for is so already. */
export async function ignoreError<T>(code: LivekitErrorCode, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof LivekitException && error.code === code) return undefined;
    throw error;
  }
}

/** The class of an error that is not ours; its message may contain secrets, and is not logged. */
export const nameOf = (error: unknown): string => {
  const name: unknown = error instanceof Error ? error.name : typeof error;
  return typeof name === 'string' ? name : 'Error';
};
