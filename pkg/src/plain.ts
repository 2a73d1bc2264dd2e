/** Values of an application → values that JSON can hold, without changing what they mean. */

/** Stands for a value that JSON has no way to say. It fits no claim, so the rules refuse it by the claim's name. */
const NOT_PLAIN = [[]];

/** Deeper than any claim. */
const MAX_DEPTH = 32;

/** More values than any claim or row has. It bounds the work where objects are shared many times over. */
const MAX_VALUES = 200_000;

/**
 * Copies a value. `undefined` members stay, for JSON to leave out; a protobuf message becomes its JSON; what JSON would silently turn
 * into something else (`NaN`, a `Map`, a `Date`, half a surrogate pair) or has no end becomes a value that no claim
 * accepts.
 */
export const plain = (value: unknown): unknown => new Copy().of(value, 0);

class Copy {
  #values = 0;
  /** The objects that the current one is within: to meet one again is a cycle. */
  readonly #within: object[] = [];

  of(value: unknown, depth: number): unknown {
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) return NOT_PLAIN;
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() ? value : NOT_PLAIN;
      case 'number':
        return Number.isFinite(value) ? value : NOT_PLAIN;
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : this.#object(value, depth);
      default:
        return NOT_PLAIN;
    }
  }

  #object(value: object, depth: number): unknown {
    if (this.#within.includes(value)) return NOT_PLAIN;
    this.#within.push(value);
    const copy = Array.isArray(value) ? this.#list(value, depth) : this.#members(value, depth);
    this.#within.pop();
    return copy;
  }

  #list(list: unknown[], depth: number): unknown {
    const { length } = list;
    if (length > MAX_VALUES) return NOT_PLAIN;
    const copy: unknown[] = [];
    for (let at = 0; at < length; at++) copy.push(this.of(list[at], depth + 1) ?? null);
    return copy;
  }

  #members(object: object, depth: number): unknown {
    const { toJson } = object as { toJson?: unknown };
    if (typeof toJson === 'function') return this.of(toJson.call(object), depth + 1);
    if (Object.prototype.toString.call(object) !== '[object Object]') return NOT_PLAIN;
    // Copied at once, which reads each getter once and costs half of what it does member by member.
    const copy: Record<string, unknown> = { ...object };
    for (const key of Object.keys(copy)) {
      if (!key.isWellFormed()) return NOT_PLAIN;
      const value = copy[key];
      const member = this.of(value, depth + 1);
      if (member !== value) copy[key] = member;
    }
    return copy;
  }
}
