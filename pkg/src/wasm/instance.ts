/**
 * The running WebAssembly instance: bytes in, bytes out. `wasm/src/lib.rs` is the other half.
 *
 * It starts in the first call, synchronously. A trap would leave it in an unknown state, so it is then dropped
 * and the next call starts a new one.
 */
import { loadModule } from '#wasm';
import { INTERNAL, LivekitException } from '../exception.js';
import { plain } from '../plain.js';

/** The operations of the module; each returns the length of its result, negative for an error. */
export interface Operations {
  readonly memory: WebAssembly.Memory;
  input(length: number): number;
  standing_input(): number;
  output(): number;
  create_service(): number;
  drop_service(service: number): number;
  read_create_token(): number;
  read_token_source(): number;
  read_mute_participant(): number;
  check_id(): number;
  authenticate(service: number, now: number): number;
  authenticate_claims(service: number): number;
  admit(): number;
  authorize(service: number): number;
  authorize_and_generate(service: number, length: number): number;
  generate_granted(service: number, length: number): number;
  generate_admin_token(service: number): number;
  check_webhook(service: number): number;
  read_webhook(service: number, length: number): number;
  create_key(): number;
  drop_key(key: number): number;
  sign_access_token(key: number): number;
  verify_access_token(key: number): number;
  verify_short_token(key: number, length: number, tolerance: number, refuseFutureIat: number, now: number): number;
  verify_webhook(key: number, length: number): number;
  generate_token(
    service: number,
    room: number,
    identity: number,
    name: number,
    ttlKind: number,
    ttl: number,
    random: number,
    standing: number,
    now: number,
  ): number;
}

/** One operation, with whatever it takes besides the input. */
export type Operation = (core: Operations) => number;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let running: Operations | undefined;

/** The instance, started if need be. */
export function instance(): Operations {
  running ??= new WebAssembly.Instance(loadModule()).exports as unknown as Operations;
  return running;
}

/** True unless a trap has replaced this instance. */
export const isRunning = (core: Operations): boolean => core === running;

/** Calls into an instance. */
export function call(core: Operations, operation: Operation): number {
  try {
    return operation(core);
  } catch {
    throw trapped(core);
  }
}

/** The error for whatever an instance throws, a trap or the end of the stack. It is not to be used again. */
export function trapped(core: Operations): LivekitException {
  if (isRunning(core)) running = undefined;
  return INTERNAL;
}

/** The memory of the input, with room for `length` bytes; none if that is more than any call needs. */
export function inputBytes(core: Operations, length: number): Uint8Array<ArrayBuffer> | undefined {
  const pointer = call(core, () => core.input(length));
  return pointer === 0 ? undefined : memoryBytes(core).subarray(pointer, pointer + length);
}

/** Views of an instance's memory, which end when it grows. */
let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
let view: DataView<ArrayBuffer> = new DataView(bytes.buffer);
let viewed: Operations | undefined;

/** The memory of an instance. A new view costs as much as a short text, so there is one until the memory grows. */
export function memoryBytes(core: Operations): Uint8Array<ArrayBuffer> {
  if (core !== viewed || bytes.length === 0) {
    const buffer = core.memory.buffer as ArrayBuffer;
    [bytes, view, viewed] = [new Uint8Array(buffer), new DataView(buffer), core];
  }
  return bytes;
}

/** As {@link memoryBytes}, for numbers. */
export function memoryView(core: Operations): DataView<ArrayBuffer> {
  memoryBytes(core);
  return view;
}

/** Where the result of the last operation is. */
export function outputPointer(core: Operations): number {
  try {
    return core.output();
  } catch {
    throw trapped(core);
  }
}

/** How long the standing input is (`STANDING_BYTES` in `wasm/src/buffers.rs`). */
export const STANDING_BYTES = 4096;

/** Where the standing input of an instance is; it stays there. */
export const standingInput = (core: Operations): number => call(core, () => core.standing_input());

/** Runs an operation and returns its result, which is valid until the next call. */
export function run(core: Operations, operation: Operation): Uint8Array<ArrayBuffer> {
  const length = call(core, operation);
  if (length < 0) throw refusal(core, length);
  return output(core, length);
}

function output(core: Operations, length: number): Uint8Array<ArrayBuffer> {
  const pointer = outputPointer(core);
  return memoryBytes(core).subarray(pointer, pointer + length);
}

/** Runs an operation on bytes or the bytes of a text; its result is a text. */
export function runForText(input: string | Uint8Array, operation: Operation, core = instance()): string {
  writeInput(core, input);
  return decode(run(core, operation));
}

/** Runs an operation on bytes or the bytes of a text; its result is JSON. */
export const runOnBytes = <T>(input: string | Uint8Array, operation: Operation, core = instance()): T =>
  JSON.parse(runForText(input, operation, core));

function writeInput(core: Operations, input: string | Uint8Array): void {
  if (typeof input === 'string') writeText(core, input, NO_BYTES);
  else inputBytes(core, input.length)?.set(input);
}

const NO_BYTES = new Uint8Array();

/** Writes a text and other bytes after it, and returns how many the text takes. */
function writeText(core: Operations, text: string, after: Uint8Array): number {
  // One of ASCII characters, as nearly every one is, takes as many bytes and needs none of its own.
  const place = inputBytes(core, text.length + after.length);
  if (place !== undefined && encoder.encodeInto(text, place.subarray(0, text.length)).read === text.length) {
    place.set(after, text.length);
    return text.length;
  }
  const bytes = encodeText(text);
  const larger = inputBytes(core, bytes.length + after.length);
  larger?.set(bytes);
  larger?.set(after, bytes.length);
  return bytes.length;
}

/** Runs an operation on JSON with other bytes after it, and tells the operation where the JSON ends. */
export function runOnJsonAndBytes(
  text: string,
  bytes: Uint8Array,
  operation: (core: Operations, length: number) => number,
  core = instance(),
): string {
  const length = writeText(core, text, bytes);
  return decode(run(core, () => operation(core, length)));
}

/** An object as JSON. Getters run in here, so call it before anything that they could change. */
export const jsonText = (value: object): string => JSON.stringify(plain(value));

/** The bytes that are this text. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** The text that is these bytes. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Writes a text at the start of `bytes` and returns how many it took. */
export const encodeInto = (text: string, bytes: Uint8Array): number => encoder.encodeInto(text, bytes).written;

/** The text that an operation returned. */
export const resultText = (core: Operations, length: number): string => {
  if (length < 0) throw refusal(core, length);
  return decode(output(core, length));
};

/** The error of an operation that returned a length below zero. */
export function refusal(core: Operations, length: number): LivekitException {
  const { message, statusCode, ...details } = JSON.parse(decode(output(core, -length)));
  return new LivekitException(message, statusCode, details);
}
