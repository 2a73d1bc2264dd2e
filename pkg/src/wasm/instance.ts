/**
 * The running WebAssembly instance.
 *
 * It starts in the first call, synchronously. A trap leaves an instance in an unknown state, so the next call replaces it,
 * and every {@link Handle} creates its object anew.
 */
import { loadModule } from '#wasm';
import { createException, exceptionOf, internalError, isErrorOfRules, LivekitException } from '../exception.js';
import * as module from './generated/livekit_edge.js';

type Wasm = typeof module;

let state: 'new' | 'starting' | 'running' | 'trapped' = 'new';
/** Counts the instances. */
let generation = 0;
/** The module that the application passed to `init`. */
let passed: WebAssembly.Module | undefined;

const CANNOT_COMPILE =
  "This runtime does not compile WebAssembly from bytes: resolve livekit-edge with the condition 'workerd', 'worker' or " +
  "'edge-light', or leave it out of the bundle, or pass the module livekit-edge/livekit_edge.wasm to init(); a browser's " +
  "Content-Security-Policy needs 'wasm-unsafe-eval'";

/** Sets the module of later instances. A running instance is kept. */
export function passModule(module: WebAssembly.Module): void {
  passed = module;
}

/** The functions and classes of the module, started if need be. */
export function wasm(): Wasm {
  if (state !== 'running') start();
  return module;
}

function start(): void {
  const before = state;
  if (state === 'new') state = 'starting';
  generation += 1;
  // Does nothing if there is an instance. One whose start was interrupted is replaced.
  if (before !== 'trapped') module.initSync({ module: ofThisRealm(passed ?? load()) });
  if (before !== 'new') module.__wbg_reset_state();
  state = 'running';
}

/**
 * The module as an instance of this realm's class: wasm-bindgen compiles anything else. `next start` runs edge routes in a realm
 * of their own, with a module that was compiled outside of it.
 */
const ofThisRealm = (module: WebAssembly.Module): WebAssembly.Module =>
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
    // Before the error is examined: after a stack overflow not even a call may be possible here.
    state = 'trapped';
    throw thrown(error);
  }
}

/** The exception for what a call threw: an error of the rules, or a trap, after which the instance is not used again. */
function thrown(error: unknown): LivekitException {
  if (isErrorOfRules(error)) {
    state = 'running';
    return exceptionOf(error);
  }
  if (!(error instanceof LivekitException)) return internalError(error);
  // Of a call inside of this one, which may have trapped.
  if (error.code !== 'internal') state = 'running';
  return error;
}

/** An object of the module, created in the first use, and anew in the first use after a trap. */
export class Handle<T extends { free(): void }, Description = undefined> {
  readonly #create: (wasm: Wasm) => T;
  readonly #describe: (object: T) => Description;
  #created: { readonly object: T; readonly description: Description; readonly generation: number } | undefined;

  constructor(create: (wasm: Wasm) => T, describe: (object: T) => Description) {
    this.#create = create;
    this.#describe = describe;
  }

  /** Creates the object now instead of in its first use. */
  create(): void {
    this.#live();
  }

  /** The object. */
  get object(): T {
    return this.#live().object;
  }

  /** What the object says of itself, once. */
  get description(): Description {
    return this.#live().description;
  }

  /** Calls the object. Throws a {@link LivekitException}. */
  call<R>(operation: (object: T) => R): R {
    const { object } = this.#live();
    return call(() => operation(object));
  }

  /** Frees the object now instead of when it is collected. An object of an instance that trapped is not freed. */
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
