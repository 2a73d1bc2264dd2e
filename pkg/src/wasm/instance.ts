/**
 * A running WebAssembly instance: bytes in, bytes out. `wasm/src/lib.rs` is the other half.
 *
 * It starts in the first call, synchronously. A trap would leave it in an unknown state, so it is then dropped
 * and the next call starts a new one.
 */
import { INTERNAL, LivekitException } from '../exception.js';
import { plain } from '../plain.js';

/** What every instance has. Each operation returns the length of its result, negative for an error. */
export interface Core {
  readonly memory: { readonly buffer: ArrayBufferLike };
  input(length: number): number;
  output(): number;
}

/** One of the package's modules, and its instance if it has started. */
export interface Module<Operations extends Core> {
  /** Gives a `WebAssembly.Module`, a name that the types of Node do not have. */
  readonly load: () => object;
  running?: Operations | undefined;
}

/** One operation, with whatever it takes besides the input. */
export type Operation = () => number;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The modules that have started. */
const started = new Set<Module<Core>>();

/** The instance of a module, started if need be. */
export function instance<Operations extends Core>(module: Module<Operations>): Operations {
  if (module.running === undefined) {
    module.running = new WebAssembly.Instance(module.load() as WebAssembly.Module).exports as unknown as Operations;
    started.add(module);
  }
  return module.running;
}

/** Calls into an instance. */
export function call(core: Core, operation: Operation): number {
  try {
    return operation();
  } catch {
    throw trapped(core);
  }
}

/** The error for whatever an instance throws, a trap or the end of the stack. It is not to be used again. */
export function trapped(core: Core): LivekitException {
  for (const module of started) if (module.running === core) module.running = undefined;
  return INTERNAL;
}

/** The memory of the input, with room for `length` bytes; none if that is more than any call needs. */
export function inputBytes(core: Core, length: number): Uint8Array<ArrayBuffer> | undefined {
  const pointer = call(core, () => core.input(length));
  return pointer === 0 ? undefined : memoryBytes(core).subarray(pointer, pointer + length);
}

/** Views of an instance's memory, which end when it grows. */
let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
let view: DataView<ArrayBuffer> = new DataView(bytes.buffer);
let viewed: Core | undefined;
/** The memory as a `Buffer` of Node, where there are any: it makes a text of ASCII letters in half the time. */
let latin1: Latin1 | undefined;

/**
 * The memory of an instance. A new view costs as much as a short text, so there is one until the memory grows or the other
 * module is called.
 */
export function memoryBytes(core: Core): Uint8Array<ArrayBuffer> {
  if (core !== viewed || bytes.length === 0) {
    const buffer = core.memory.buffer as ArrayBuffer;
    [bytes, view, viewed] = [new Uint8Array(buffer), new DataView(buffer), core];
    latin1 = latin1Of(buffer);
  }
  return bytes;
}

/** As {@link memoryBytes}, for numbers. */
export function memoryView(core: Core): DataView<ArrayBuffer> {
  memoryBytes(core);
  return view;
}

/** The text of these ASCII letters in an instance's memory. */
export function asciiText(core: Core, start: number, end: number): string {
  const memory = memoryBytes(core);
  return latin1 === undefined ? decode(memory.subarray(start, end)) : latin1.latin1Slice(start, end);
}

interface Latin1 {
  readonly buffer: ArrayBufferLike;
  latin1Slice(start: number, end: number): string;
}

/** Not every `Buffer` is Node's: what bundlers put in its place may lack the method. */
function latin1Of(memory: ArrayBuffer): Latin1 | undefined {
  const { Buffer } = globalThis as unknown as { Buffer?: { from?(memory: ArrayBuffer): Partial<Latin1> } };
  const made = Buffer?.from?.(memory);
  return typeof made?.latin1Slice === 'function' && made.buffer === memory ? (made as Latin1) : undefined;
}

/** Where the result of the last operation is. */
export function outputPointer(core: Core): number {
  try {
    return core.output();
  } catch {
    throw trapped(core);
  }
}

/** Runs an operation and returns its result, which is valid until the next call. */
export function run(core: Core, operation: Operation): Uint8Array<ArrayBuffer> {
  const length = call(core, operation);
  if (length < 0) throw refusal(core, length);
  return output(core, length);
}

function output(core: Core, length: number): Uint8Array<ArrayBuffer> {
  const pointer = outputPointer(core);
  return memoryBytes(core).subarray(pointer, pointer + length);
}

/** Runs an operation on bytes or the bytes of a text; its result is a text. */
export function runForText(core: Core, input: string | Uint8Array, operation: Operation): string {
  writeInput(core, input);
  return decode(run(core, operation));
}

/** Runs an operation on bytes or the bytes of a text; its result is JSON. */
export const runOnBytes = <T>(core: Core, input: string | Uint8Array, operation: Operation): T =>
  JSON.parse(runForText(core, input, operation));

function writeInput(core: Core, input: string | Uint8Array): void {
  if (typeof input === 'string') writeText(core, input, NO_BYTES);
  else inputBytes(core, input.length)?.set(input);
}

const NO_BYTES = new Uint8Array();

/** Writes a text and other bytes after it, and returns how many the text takes. */
function writeText(core: Core, text: string, after: Uint8Array): number {
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
  core: Core,
  text: string,
  bytes: Uint8Array,
  operation: (length: number) => number,
): string {
  const length = writeText(core, text, bytes);
  return decode(run(core, () => operation(length)));
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** An object as JSON. Getters run in here, so call it before anything that they could change. */
export const jsonText = (value: object): string => JSON.stringify(plain(value));

/** The bytes that are this text. */
const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** The text that is these bytes. */
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Writes a text at the start of `bytes` and returns how many it took. */
export const encodeInto = (text: string, bytes: Uint8Array): number => encoder.encodeInto(text, bytes).written;

/** The text that an operation returned. */
export const resultText = (core: Core, length: number): string => {
  if (length < 0) throw refusal(core, length);
  return decode(output(core, length));
};

/** The error of an operation that returned a length below zero. */
export function refusal(core: Core, length: number): LivekitException {
  const { message, statusCode, ...details } = JSON.parse(decode(output(core, -length)));
  return new LivekitException(message, statusCode, details);
}
