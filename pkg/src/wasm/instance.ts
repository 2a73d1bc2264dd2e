/**
 * The running WebAssembly instance: bytes in, bytes out. `wasm/src/lib.rs` is the other half.
 *
 * It starts in the first call, synchronously. A trap would leave it in an unknown state, so it is then dropped
 * and the next call starts a new one.
 */
import { loadModule } from '#wasm';
import { LivekitException } from '../exception.js';

/** The operations of the module; each returns the length of its result, negative for an error. */
export interface Operations {
  readonly memory: WebAssembly.Memory;
  input(length: number): number;
  output(): number;
  read_create_token(): number;
  authenticate(): number;
  admit(): number;
  authorize_join(service: number): number;
  create_service(): number;
  drop_service(service: number): void;
  sign_access_token(): number;
  verify_access_token(): number;
  verify_webhook(length: number): number;
  generate_token(
    service: number,
    room: number,
    identity: number,
    name: number,
    ttlKind: number,
    ttl: number,
    random: number,
    now: number,
  ): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let running: Operations | undefined;

/** The instance, started if need be. Its identity changes when it was restarted. */
export function instance(): Operations {
  running ??= new WebAssembly.Instance(loadModule()).exports as unknown as Operations;
  return running;
}

/** The memory of the input, with room for `length` bytes. */
export function inputBytes(core: Operations, length: number): Uint8Array<ArrayBuffer> {
  const pointer = core.input(length);
  if (pointer === 0) throw new LivekitException('Input is too large', 413, { code: 'too_large' });
  return new Uint8Array(core.memory.buffer, pointer, length);
}

/** Runs an operation and returns its result, which is valid until the next call. */
export function run(core: Operations, operation: (core: Operations) => number): Uint8Array<ArrayBuffer> {
  let length: number;
  try {
    length = operation(core);
  } catch {
    running = undefined;
    throw new LivekitException('Failed to generate token', 500, { code: 'trap' });
  }
  const output = new Uint8Array(core.memory.buffer, core.output(), Math.abs(length));
  if (length < 0) throw exception(output);
  return output;
}

/** Runs an operation on bytes and returns its result, which is valid until the next call. */
function runWith(input: Uint8Array, operation: (core: Operations) => number): Uint8Array {
  const core = instance();
  inputBytes(core, input.length).set(input);
  return run(core, operation);
}

/** Runs an operation on bytes; its result is JSON. */
export const runOnBytes = <T>(input: Uint8Array, operation: (core: Operations) => number): T =>
  JSON.parse(decode(runWith(input, operation)));

/** Runs an operation on a value that JSON can hold; its result is JSON too. */
export const runOnJson = <T>(input: unknown, operation: (core: Operations) => number): T =>
  runOnBytes(encode(JSON.stringify(input)), operation);

/** Runs an operation on a text; its result is bytes. */
export const runOnText = (input: string, operation: (core: Operations) => number): Uint8Array =>
  runWith(encode(input), operation);

/** The bytes of a text. */
export const encode = (text: string): Uint8Array => encoder.encode(text);

/** The text that is these bytes. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Writes a text at the start of `bytes` and returns how many it took. */
export const encodeInto = (text: string, bytes: Uint8Array): number => encoder.encodeInto(text, bytes).written;

function exception(json: Uint8Array): LivekitException {
  const { message, statusCode, ...details } = JSON.parse(decoder.decode(json));
  return new LivekitException(message, statusCode, details);
}
