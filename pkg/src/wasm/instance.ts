/**
 * The running WebAssembly instance.
 *
 * It starts in the first call, synchronously. A trap leaves an instance in an unknown state, so the next call replaces it,
 * and every {@link Handle} creates its object anew.
 */
import { loadModule } from '#wasm';
import { exceptionOf, internalError, isErrorOfRules, LivekitException } from '../exception.js';
import * as module from './generated/livekit_edge.js';

type Wasm = typeof module;

let state: 'new' | 'running' | 'trapped' = 'new';
/** Counts the instances. */
let generation = 0;

/** The functions and classes of the module, started if need be. */
export function wasm(): Wasm {
  if (state === 'new') module.initSync({ module: loadModule() });
  if (state === 'trapped') module.__wbg_reset_state();
  state = 'running';
  return module;
}

/** Calls the module. Throws a {@link LivekitException}. */
export function call<T>(operation: (wasm: Wasm) => T): T {
  const started = wasm();
  try {
    return operation(started);
  } catch (error) {
    throw thrown(error);
  }
}

/** The exception for what a call threw: an error of the rules, or a trap, after which the instance is not used again. */
export function thrown(error: unknown): LivekitException {
  if (error instanceof LivekitException) return error;
  if (isErrorOfRules(error)) return exceptionOf(error);
  if (state === 'running') {
    state = 'trapped';
    generation += 1;
  }
  return internalError(error);
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
    this.live();
  }

  /** The object. */
  get object(): T {
    return this.live().object;
  }

  /** What the object says of itself, once. */
  get description(): Description {
    return this.live().description;
  }

  /** Calls the object. Throws a {@link LivekitException}. */
  call<R>(operation: (object: T) => R): R {
    const { object } = this.live();
    try {
      return operation(object);
    } catch (error) {
      throw thrown(error);
    }
  }

  /** Frees the object now instead of when it is collected. An object of an instance that trapped is not freed. */
  dispose(): void {
    const created = this.#created;
    this.#created = undefined;
    if (created?.generation === generation) call(() => created.object.free());
  }

  /** The object and its description. */
  live(): { readonly object: T; readonly description: Description } {
    const created = this.#created;
    return created !== undefined && created.generation === generation ? created : this.#new();
  }

  #new() {
    const created = call((wasm) => {
      const object = this.#create(wasm);
      return { object, description: this.#describe(object), generation };
    });
    this.#created = created;
    return created;
  }
}
