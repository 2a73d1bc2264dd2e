/** Headers by which a test tells a Worker of tests/support how to run one request; values are percent-encoded JSON. */

/** Settings by name; `null` unsets one. */
export const SETTINGS_HEADER = 'x-test-settings';
/** What goes wrong: a {@link Fault}. */
export const FAULT_HEADER = 'x-test-fault';

/** What goes wrong beneath the endpoint, in store-worker.ts. */
export interface Fault {
  /** How the store behaves; it answers rightly unless set. */
  store?: string;
  /** Changes to the row that the store answers with. */
  row?: Record<string, unknown>;
  /** A column that the row lacks. */
  without?: string;
  /** How the store answers about presence; it keeps none unless set. */
  presence?: string;
  /** The rows that it then answers with. */
  rows?: unknown;
  /** How the store answers about moderation; it has none unless set. */
  moderation?: string;
  /** What it then answers with. */
  moderated?: unknown;
  /** Whether the source of randomness throws. */
  noRandomness?: boolean;
}

/** What an application's own table of grants gives: a {@link Table}. */
export const TABLE_HEADER = 'x-test-table';

/** What the table of grants-worker.ts gives. */
export interface Table {
  /** A value that JSON can say. */
  grant?: unknown;
  /** The name of an answer that it cannot. */
  says?: string;
}

/** What limits there are: {@link Limits}. */
export const LIMITS_HEADER = 'x-test-limits';
/** The address that a request comes from, as the platform would tell it; a text that throws for `throws`. */
export const ADDRESS_HEADER = 'x-test-address';

/** The limits of limits-worker.ts; by default there is no limit. */
export interface Limits {
  user?: Limit;
  address?: Limit;
  /** Whether there is no way to the limiters. */
  unbound?: boolean;
}

/** `lets`: how many requests of a key it lets in, counted apart from other names. Or how it misbehaves. */
export type Limit = { lets: number; name: string } | { says: string };

/** A value as a header. */
export const toHeader = (value: unknown): string => encodeURIComponent(JSON.stringify(value));

/** The value of a header; an empty object if it is missing. */
export function fromHeader<T>(request: Request, name: string): Partial<T> {
  return JSON.parse(decodeURIComponent(request.headers.get(name) ?? '{}'));
}

/** The environment of a Worker with the changes that a request asks for. */
export function changedSettings<T extends object>(request: Request, env: T): T {
  const settings = { ...env } as Record<string, unknown>;
  for (const [name, value] of Object.entries(fromHeader<Record<string, unknown>>(request, SETTINGS_HEADER))) {
    if (value === null) delete settings[name];
    else settings[name] = value;
  }
  return settings as T;
}
