/** Encodes strings as UTF-8, for arguments that are passed to the module as bytes. */
import { createException } from './exception.js';

const OLD_RUNTIME = 'livekit-edge needs a runtime with String.prototype.isWellFormed, such as Node 20 or newer';

const encoder = new TextEncoder();

/** Reused buffer, large enough for nearly every token and its claims. The module copies the bytes before it runs. */
const scratch = new Uint8Array(4096);

/** Encodes a string. The bytes are valid until the next call. */
export function utf8(text: string): Uint8Array {
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/**
 * True if a string has no lone surrogate, which UTF-8 cannot express.
 *
 * @throws {@link LivekitException} with code `unsupported_runtime` if the runtime is too old
 */
export function isWellFormed(text: string): boolean {
  // Every class calls this first. Older runtimes have no `isWellFormed`.
  if (text.isWellFormed === undefined) throw createException('unsupported_runtime', OLD_RUNTIME);
  return text.isWellFormed();
}
