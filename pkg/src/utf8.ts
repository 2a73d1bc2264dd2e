/** Strings → UTF-8, for arguments of the module that are passed as bytes. */
import { createException } from './exception.js';

const OLD_RUNTIME = 'livekit-edge needs a runtime with String.prototype.isWellFormed, such as Node 20 or newer';

const encoder = new TextEncoder();

/** Nearly every token and its claims fit in here. The module copies the bytes before it runs. */
const scratch = new Uint8Array(4096);

/** The bytes of a string, which are valid until the next call. */
export function utf8(text: string): Uint8Array {
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/**
 * True if a string has no lone surrogate, which UTF-8 cannot express.
 *
 * @throws {@link LivekitException} with code `unsupported_runtime` where the runtime is older than this package supports
 */
export function isWellFormed(text: string): boolean {
  // In the first call of every class: `isWellFormed` is what older runtimes lack.
  if (text.isWellFormed === undefined) throw createException('unsupported_runtime', OLD_RUNTIME);
  return text.isWellFormed();
}
