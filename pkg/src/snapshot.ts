/**
 * Copies values of the application as plain data.
 *
 * Every getter is called once, before the value is passed to the module, so that the signed value is the checked one,
 * and so that a getter may call this library. `JSON.stringify` alone would silently change values (`NaN`, `Map`,
 * `Date`), drop inherited fields, and call a `toJSON` of `Object.prototype`.
 */
import { field, readArgument } from './arguments.js';
import { isWellFormed } from './utf8.js';

/** Removes the prototype of a copy, so that it does not inherit a `toJSON`. */
const withoutPrototype = <T extends object>(copy: T): T => Object.setPrototypeOf(copy, null);

/**
 * Stands for a value that JSON cannot express. No claim may have it, so that the rules reject it with the path of the
 * claim.
 */
const NOT_PLAIN = /* @__PURE__ */ withoutPrototype([/* @__PURE__ */ withoutPrototype([])]);

/** Maximum depth. Every claim is less deep. */
const MAX_DEPTH = 32;

/** Maximum number of values. It bounds the work if one object occurs many times. */
const MAX_VALUES = 200_000;

/** Maximum length of the JSON text and of all strings together, in UTF-16 units. */
const MAX_TEXT = 8 * 1024 * 1024;

/**
 * Copies a value. A protobuf message becomes its JSON. A value that JSON cannot express becomes one that no claim
 * accepts. `undefined` fields are copied; serializing omits them.
 *
 * @throws {@link LivekitException} with status 400 if a getter or `toJson()` throws; its `cause` is the thrown value
 */
export const snapshot = (value: unknown): unknown => copied(value, 0).value;

/** A copy, and the length of its strings. */
export interface Copied<T> {
  readonly value: T;
  /** Length of all its strings in UTF-16 units. */
  readonly length: number;
}

/** As {@link snapshot}, for a value that becomes part of another object at `depth`. */
export function copied<T>(value: T, depth: number): Copied<T> {
  const snapshot = new Snapshot();
  return { value: readArgument(() => snapshot.of(value, depth)) as T, length: snapshot.length };
}

/** Serializes a copy of a value; an empty string, which is not JSON, if the text would be too long. */
export const jsonText = (value: unknown): string => buildJsonText((snapshot) => snapshot.of(value, 0));

/** As {@link jsonText}, for a value that `build` assembles from copies. */
export function buildJsonText(build: (snapshot: Snapshot) => unknown): string {
  const snapshot = new Snapshot();
  const copy = readArgument(() => build(snapshot));
  if (snapshot.length > MAX_TEXT) return '';
  const text = JSON.stringify(copy) ?? '';
  return text.length > MAX_TEXT ? '' : text;
}

/** Copies the parts of one value. */
export class Snapshot {
  /** Length of all strings in UTF-16 units. */
  length = 0;
  #values = 0;
  /** The objects around the current one, to detect cycles. */
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

  /** Adds an earlier copy. */
  again<T>({ value, length }: Copied<T>, depth: number): T {
    if (this.#isPolluted) return this.of(value, depth) as T;
    this.length += length;
    return value;
  }

  /** Creates an object from copies. */
  object<T extends object>(fields: T): T {
    return this.#isPolluted ? withoutPrototype(fields) : fields;
  }

  /** True for a well-formed string. A string that is too long is not examined. */
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
    // A `Proxy` can return any length.
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
    // Spreading reads each getter once, and is five times as fast as copying field by field.
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

/**
 * True if `Object.prototype` or `Array.prototype` has a `toJSON`, which `JSON.stringify` would call. Copies then get no
 * prototype.
 */
const isPolluted = (): boolean => 'toJSON' in Object.prototype || 'toJSON' in Array.prototype;

/**
 * True if an object inherits fields or getters, which a copy would lack: one of them may be a `false` that denies
 * something. Inherited methods are ignored.
 */
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
