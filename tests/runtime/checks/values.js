/** Values that JSON does not have, and comparisons. */

const VALUES = {
  undefined: () => undefined,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  bigint: () => 1n,
  Date: () => new Date(0),
  Map: () => new Map([['a', 'b']]),
  Symbol: () => Symbol('text'),
  function: () => () => 'text',
  attributes: () => Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key-${index}`, `${index}`])),
  ArrayBuffer: () => new ArrayBuffer(2),
  cycle: () => {
    const cycle = {};
    cycle.self = cycle;
    return cycle;
  },
};

/** `{ "$value": "NaN" }` → NaN and the like, `{ "$times": 3, "of": "x" }` → 'xxx', `{ "$bytes": "00ff" }` → bytes. */
export function revive(json) {
  if (Array.isArray(json)) return json.map(revive);
  if (typeof json !== 'object' || json === null) return json;
  if (typeof json.$value === 'string') return VALUES[json.$value]();
  if (typeof json.$times === 'number') return json.of.repeat(json.$times);
  if (typeof json.$bytes === 'string')
    return Uint8Array.from(json.$bytes.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, revive(value)]));
}

/** Fails unless both are the same JSON, with fields in any order. */
export function same(actual, expected, what) {
  const [is, shouldBe] = [canonical(actual), canonical(expected)];
  if (is !== shouldBe) throw new Error(`${what} is ${short(is)} instead of ${short(shouldBe)}`);
}

export function ok(condition, what) {
  if (!condition) throw new Error(what);
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
    .join()}}`;
}

const short = (text) => (text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text);
