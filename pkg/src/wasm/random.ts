/** The random bytes of a token's `jti`. */

/** How many the rules want. */
export const RANDOM_BYTES = 16;

/** False if the runtime has no random bytes: the rules then refuse. */
export function fillRandom(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    crypto.getRandomValues(bytes);
    return true;
  } catch {
    return false;
  }
}
