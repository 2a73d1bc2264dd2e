/** Errors that several files throw. Each call creates a new error with its own stack. */
import { createException, type LivekitErrorCode, LivekitException } from '../exception.js';

/** The error with status 404. */
export const notFound = (): LivekitException => createException('not_found', 'Not Found');

/** The error with status 413. */
export const tooLarge = (): LivekitException => createException('too_large', 'request entity too large');

/** The error with status 503 for a store that does not answer. */
export const storeUnavailable = (): LivekitException => createException('store_unavailable', 'Service Unavailable');

/** Awaits a call, and ignores an error with this code, which means that the requested state already exists. */
export async function ignoreError<T>(code: LivekitErrorCode, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof LivekitException && error.code === code) return undefined;
    throw error;
  }
}

/** Returns the class name of a foreign error, for logs. The message is not logged, because it may contain secrets. */
export const errorName = (error: unknown): string => {
  const name: unknown = error instanceof Error ? error.name : typeof error;
  return typeof name === 'string' ? name : 'Error';
};
