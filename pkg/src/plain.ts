/** Values of an application → values that JSON can hold, without changing what they mean. */

/** Stands for a value that JSON has no way to say. It fits no claim, so the rules refuse it by the claim's name. */
const NOT_PLAIN = [[]];

/** Deeper than any claim; a cycle is deeper still. */
const MAX_DEPTH = 32;

/**
 * Copies a value. `undefined` members are left out, a protobuf message becomes its JSON; what JSON would silently turn
 * into something else (`NaN`, a `Map`, a `Date`, half a surrogate pair) becomes a value that no claim accepts.
 */
export function plain(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return NOT_PLAIN;
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? value : NOT_PLAIN;
    case 'number':
      return Number.isFinite(value) ? value : NOT_PLAIN;
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : plainObject(value, depth);
    default:
      return NOT_PLAIN;
  }
}

function plainObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null);
  if ('toJson' in value && typeof value.toJson === 'function') return plain(value.toJson(), depth + 1);
  if (Object.prototype.toString.call(value) !== '[object Object]') return NOT_PLAIN;
  const entries = Object.entries(value);
  if (!entries.every(([key]) => key.isWellFormed())) return NOT_PLAIN;
  return Object.fromEntries(entries.map(([key, member]) => [key, plain(member, depth + 1)]));
}
