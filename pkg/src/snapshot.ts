/**
 * Copies of an application's values as plain data.
 *
 * Every getter is called here, once, before anything is passed to the module: what is checked is what is signed, and a
 * getter may call this library. `JSON.stringify` alone would silently change values (`NaN`, a `Map`, a `Date`), drop
 * inherited fields, and call a `toJSON` that was added to every object.
 */
import { field, readArgument } from './arguments.js';
import { isWellFormed } from './utf8.js';

/** A copy without a prototype, and so without a `toJSON` that was put on every array or object, which would change it. */
const withoutPrototype = <T extends object>(copy: T): T => Object.setPrototypeOf(copy, null);

/** Replaces a value that JSON cannot express. No claim has such a value, so that the rules reject it by the claim's path. */
const NOT_PLAIN = /* @__PURE__ */ withoutPrototype([/* @__PURE__ */ withoutPrototype([])]);

/** Maximum depth: more than that of any claim. */
const MAX_DEPTH = 32;

/** Maximum number of values: more than any claims have. It bounds the work if objects are shared many times. */
const MAX_VALUES = 200_000;

/** Maximum length of the JSON text and of all strings together, in UTF-16 units. */
const MAX_TEXT = 8 * 1024 * 1024;

/**
 * Copies a value. `undefined` fields are kept, for JSON to leave out; a protobuf message becomes its JSON; a value that JSON
 * cannot express becomes one that no claim accepts.
 *
 * @throws {@link LivekitException} with status 400 and what a getter or `toJson()` threw as its `cause`
 */
export const snapshot = (value: unknown): unknown => copied(value, 0).value;

/** A copy that is kept. */
export interface Copied<T> {
  readonly value: T;
  /** UTF-16 units of all its strings. */
  readonly length: number;
}

/** As {@link snapshot}, of a value that is at a depth of the object that it becomes part of. */
export function copied<T>(value: T, depth: number): Copied<T> {
  const snapshot = new Snapshot();
  return { value: readArgument(() => snapshot.of(value, depth)) as T, length: snapshot.length };
}

/** A value as JSON text; an empty string, which is not JSON, if it would be too long. */
export const jsonText = (value: unknown): string => jsonTextOf((snapshot) => snapshot.of(value, 0));

/** As {@link jsonText}, of a value that `build` makes of copies. */
export function jsonTextOf(build: (snapshot: Snapshot) => unknown): string {
  const snapshot = new Snapshot();
  const copy = readArgument(() => build(snapshot));
  if (snapshot.length > MAX_TEXT) return '';
  const text = JSON.stringify(copy) ?? '';
  return text.length > MAX_TEXT ? '' : text;
}

/** Copies the parts of one value. */
export class Snapshot {
  /** UTF-16 units of all strings. */
  length = 0;
  #values = 0;
  /** The objects that contain the current one: a cycle leads to one of them. */
  readonly #within: object[] = [];
  readonly #isPolluted = isPolluted();

  of(value: unknown, depth: number): unknown {
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) return NOT_PLAIN;
    switch (typeof value) {
      case 'string':
        return this.#isString(value) ? value : NOT_PLAIN;
      case 'number':
        return Number.isFinite(value) ? value : NOT_PLAIN;
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : this.#copy(value, depth);
      default:
        return NOT_PLAIN;
    }
  }

  /** Adds a copy that was made before. */
  again<T>({ value, length }: Copied<T>, depth: number): T {
    if (this.#isPolluted) return this.of(value, depth) as T;
    this.length += length;
    return value;
  }

  /** An object of copies. */
  object<T extends object>(fields: T): T {
    return this.#isPolluted ? withoutPrototype(fields) : fields;
  }

  /** Whether a string is well-formed. One that is too long is not examined. */
  #isString(value: string): boolean {
    this.length += value.length;
    return this.length > MAX_TEXT || isWellFormed(value);
  }

  #copy(value: object, depth: number): unknown {
    if (this.#within.includes(value)) return NOT_PLAIN;
    this.#within.push(value);
    const copy = Array.isArray(value) ? this.#array(value, depth) : this.#fields(value, depth);
    this.#within.pop();
    return typeof copy === 'object' && copy !== null ? this.object(copy) : copy;
  }

  #array(array: unknown[], depth: number): unknown {
    const { length } = array;
    // A Proxy can claim any length.
    if (!(Number.isInteger(length) && length >= 0 && length <= MAX_VALUES)) return NOT_PLAIN;
    const copy: unknown[] = [];
    for (let at = 0; at < length; at++) {
      if (this.#values > MAX_VALUES) return NOT_PLAIN;
      copy.push(this.of(array[at], depth + 1) ?? null);
    }
    return copy;
  }

  #fields(object: object, depth: number): unknown {
    const toJson = field(object, 'toJson');
    if (typeof toJson === 'function') return this.of(toJson.call(object), depth + 1);
    if (Object.prototype.toString.call(object) !== '[object Object]' || inheritsData(object)) return NOT_PLAIN;
    // Copied at once: it reads each getter once, and costs a fifth of copying field by field.
    const copy: Record<string, unknown> = { ...object };
    const keys = Object.keys(copy);
    // A field that is not enumerable was not copied.
    if (Object.getOwnPropertyNames(object).length !== keys.length) return NOT_PLAIN;
    for (const key of keys) {
      if (this.#values > MAX_VALUES || !this.#isString(key)) return NOT_PLAIN;
      const value = copy[key];
      const copied = this.of(value, depth + 1);
      if (copied !== value) copy[key] = copied;
    }
    return copy;
  }
}

/** Whether `toJSON` was added to every object, which `JSON.stringify` would call; then copies have no prototype. */
const isPolluted = (): boolean => 'toJSON' in Object.prototype || 'toJSON' in Array.prototype;

/** Whether an object inherits fields or getters: one may be a `false` that denies something. Methods do not count. */
function inheritsData(object: object): boolean {
  let prototype = Object.getPrototypeOf(object);
  while (prototype !== null && prototype !== Object.prototype) {
    const next = Object.getPrototypeOf(prototype);
    // `Object.prototype` of another realm has the accessor `__proto__`.
    if (next === null && Object.hasOwn(prototype, '__proto__') && Object.hasOwn(prototype, 'isPrototypeOf'))
      return false;
    for (const key of Object.getOwnPropertyNames(prototype)) {
      const property = Object.getOwnPropertyDescriptor(prototype, key);
      if (typeof property?.value !== 'function') return true;
    }
    prototype = next;
  }
  return false;
}
