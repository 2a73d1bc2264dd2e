/**
 * The running WebAssembly instance.
 *
 * It starts synchronously, in the first call. A trap leaves the instance in an unknown state: the next call replaces
 * it, and every {@link Handle} then creates its object again.
 */
import { loadModule } from '#wasm';
import { createException, internalError, isErrorOfRules, LivekitException, toException } from '../exception.js';
import * as module from './generated/livekit_edge.js';

type Wasm = typeof module;

let state: 'new' | 'starting' | 'running' | 'trapped' = 'new';
/** Number of the current instance. */
let generation = 0;
/** The module that the application passed to `init`. */
let passed: WebAssembly.Module | undefined;

const CANNOT_COMPILE =
  "This runtime does not compile WebAssembly from bytes: resolve livekit-edge with the condition 'workerd', 'worker' or " +
  "'edge-light', or leave it out of the bundle, or pass the module livekit-edge/livekit_edge.wasm to init(); a browser's " +
  "Content-Security-Policy needs 'wasm-unsafe-eval'";

/** Sets the module for later instances. It does not replace a running instance. */
export function passModule(module: WebAssembly.Module): void {
  passed = module;
}

/** The functions and classes of the module. Starts an instance if none is running. */
export function wasm(): Wasm {
  if (state !== 'running') start();
  return module;
}

function start(): void {
  const before = state;
  if (state === 'new') state = 'starting';
  generation += 1;
  // `initSync` does nothing if an instance exists. An instance whose start failed is replaced by `__wbg_reset_state`.
  if (before !== 'trapped') module.initSync({ module: toThisRealm(passed ?? load()) });
  if (before !== 'new') module.__wbg_reset_state();
  state = 'running';
}

/**
 * Gives the module the `WebAssembly.Module` class of this realm, because wasm-bindgen tries to compile any other
 * object. `next start` runs edge routes in a separate realm, with a module that was compiled outside of it.
 */
const toThisRealm = (module: WebAssembly.Module): WebAssembly.Module =>
  module instanceof WebAssembly.Module ? module : Object.setPrototypeOf(module, WebAssembly.Module.prototype);

function load(): WebAssembly.Module {
  try {
    return loadModule();
  } catch (cause) {
    throw createException('unsupported_runtime', CANNOT_COMPILE, { cause });
  }
}

/** Calls the module. Throws a {@link LivekitException}. */
export function call<T>(operation: (wasm: Wasm) => T): T {
  const started = wasm();
  try {
    return operation(started);
  } catch (error) {
    // Set before the error is examined, because after a stack overflow another call may fail here.
    state = 'trapped';
    throw thrown(error);
  }
}

/**
 * Converts a thrown value into an exception: an error of the rules, or a trap, after which the instance is not used
 * again.
 */
function thrown(error: unknown): LivekitException {
  if (isErrorOfRules(error)) {
    state = 'running';
    return toException(error);
  }
  if (!(error instanceof LivekitException)) return internalError(error);
  // Thrown by a nested call. Its code is `internal` if that call trapped.
  if (error.code !== 'internal') state = 'running';
  return error;
}

/** An object in the module. It is created on first use, and again on first use after a trap. */
export class Handle<T extends { free(): void }, Description = undefined> {
  readonly #create: (wasm: Wasm) => T;
  readonly #describe: (object: T) => Description;
  #created: { readonly object: T; readonly description: Description; readonly generation: number } | undefined;

  constructor(create: (wasm: Wasm) => T, describe: (object: T) => Description) {
    this.#create = create;
    this.#describe = describe;
  }

  /** Creates the object now instead of on first use. */
  create(): void {
    this.#live();
  }

  /** The object. */
  get object(): T {
    return this.#live().object;
  }

  /** The description of the object, which is read once when it is created. */
  get description(): Description {
    return this.#live().description;
  }

  /** Calls the object. Throws a {@link LivekitException}. */
  call<R>(operation: (object: T) => R): R {
    const { object } = this.#live();
    return call(() => operation(object));
  }

  /** Frees the object now, instead of at garbage collection. An object of an instance that trapped is not freed. */
  dispose(): void {
    const created = this.#created;
    this.#created = undefined;
    if (state === 'running' && created?.generation === generation) call(() => created.object.free());
  }

  #live() {
    wasm();
    if (this.#created?.generation !== generation) this.#created = call((wasm) => this.#new(wasm));
    return this.#created;
  }

  #new(wasm: Wasm) {
    const object = this.#create(wasm);
    return { object, description: this.#describe(object), generation };
  }
}
