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
  authenticate(service: number): number;
  authenticate_claims(service: number): number;
  admit(): number;
  authorize(service: number): number;
  generate_granted(service: number, length: number): number;
  generate_admin_token(service: number): number;
  read_webhook(service: number, length: number): number;
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
  return pointer === 0 ? undefined : new Uint8Array(core.memory.buffer, pointer, length);
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

/** Runs an operation on bytes; its result is a text. */
export function runForText(input: Uint8Array, operation: Operation, core = instance()): string {
  inputBytes(core, input.length)?.set(input);
  return decode(run(core, operation));
}

/** Runs an operation on bytes; its result is JSON. */
export const runOnBytes = <T>(input: Uint8Array, operation: Operation, core = instance()): T =>
  JSON.parse(runForText(input, operation, core));

/** Runs an operation on JSON with other bytes after it, and tells the operation where the JSON ends. */
export function runOnJsonAndBytes(
  json: Uint8Array,
  bytes: Uint8Array,
  operation: (core: Operations, length: number) => number,
  core = instance(),
): string {
  const input = new Uint8Array(json.length + bytes.length);
  input.set(json);
  input.set(bytes, json.length);
  return runForText(input, (core) => operation(core, json.length), core);
}

/** Any value as JSON. Getters run in here, so call it before anything that they could change. */
export const encodeJson = (value: unknown): Uint8Array => encodeText(JSON.stringify(plain(value)));

/** The bytes that are this text. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** The text that is these bytes. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Writes a text at the start of `bytes` and returns how many it took. */
export const encodeInto = (text: string, bytes: Uint8Array): number => encoder.encodeInto(text, bytes).written;

/** The error of an operation that returned a length below zero. */
export function refusal(core: Operations, length: number): LivekitException {
  const { message, statusCode, ...details } = JSON.parse(decode(output(core, -length)));
  return new LivekitException(message, statusCode, details);
}
