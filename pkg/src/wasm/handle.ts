/** What one set of settings makes inside a module: its keys are prepared once, and anew if the module had to restart. */
import { type Core, call, instance, jsonText, type Module, runOnBytes } from './instance.js';

/** Settings by name, as text. */
export type Settings = Record<string, string>;

/** What the module says of what it made; `service` is the number that it knows it by. */
interface Described {
  readonly service: number;
}

/** It, as one instance of the module holds it. */
export interface Made<Operations, Description> {
  readonly core: Operations;
  readonly description: Description;
}

/** Made in the first call: importing the package does nothing. Old Workers compatibility dates have no registry. */
let collected: FinalizationRegistry<() => void> | undefined;

export class Handle<Operations extends Core, Description extends Described> {
  readonly #settings: Settings;
  readonly #module: Module<Operations>;
  readonly #create: (core: Operations) => number;
  readonly #drop: (core: Operations, service: number) => number;
  #made: Made<Operations, Description> | undefined;

  constructor(
    settings: Settings,
    module: Module<Operations>,
    create: (core: Operations) => number,
    drop: (core: Operations, service: number) => number,
  ) {
    this.#settings = settings;
    this.#module = module;
    this.#create = create;
    this.#drop = drop;
  }

  /** Prepares the keys if need be. */
  live(): Made<Operations, Description> {
    const made = this.#made;
    return made !== undefined && made.core === this.#module.running ? made : this.#make();
  }

  /** Forgets the prepared keys now, rather than when the handle is collected. A later call prepares them anew. */
  dispose(): void {
    if (this.#made === undefined) return;
    collected?.unregister(this);
    dropper(this.#module, this.#drop, this.#made)();
    this.#made = undefined;
  }

  #make(): Made<Operations, Description> {
    const core = instance(this.#module);
    const description: Description = runOnBytes(core, jsonText(this.#settings), () => this.#create(core));
    const made = { core, description };
    this.#made = made;
    if (typeof FinalizationRegistry !== 'undefined') {
      collected ??= new FinalizationRegistry((drop) => drop());
      collected.unregister(this);
      collected.register(this, dropper(this.#module, this.#drop, made), this);
    }
    return made;
  }
}

/** A function that knows nothing of the handle, which could not be collected otherwise. */
const dropper =
  <Operations extends Core>(
    module: Module<Operations>,
    drop: (core: Operations, service: number) => number,
    { core, description }: Made<Operations, Described>,
  ) =>
  (): void => {
    if (module.running === core) call(core, () => drop(core, description.service));
  };
