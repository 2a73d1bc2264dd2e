/** Parses the HTTP settings, which the rules in Rust do not need. */
import { textSettings } from '../../config.js';

type Settings = Readonly<Record<string, string>>;

/** Parsed HTTP settings, with defaults. */
export interface HttpSettings {
  /**
   * Allowed origins, in the spelling of browsers. The first label of a host may be `*`; a single `*` allows any origin.
   * The default is an empty list.
   */
  readonly corsOrigins: readonly string[];
  /** Maximum number of requests of a user in a minute; 0 for no limit. */
  readonly perUser: number;
  /** Maximum number of requests of an address in a minute; 0 for no limit. */
  readonly perAddress: number;
  /** Name of the proxy's header with the client's address. */
  readonly addressHeader: string | undefined;
  /** Names of invalid settings. */
  readonly invalid: readonly string[];
}

const NAMES = ['CORS_ORIGINS', 'RATE_LIMIT_PER_USER', 'RATE_LIMIT_PER_ADDRESS', 'CLIENT_ADDRESS_HEADER'] as const;
const PER_USER = 60;
const PER_ADDRESS = 600;

const COUNT = /^\d{1,9}$/;
/** Syntax of a header name (RFC 9110 section 5.6.2). */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
/** Pattern of `*` as the first label of a host with at least three labels, or of a subdomain of `localhost`. */
const ANY_LABEL = /^(https?:\/\/)\*(?=\.(?:localhost(?::|$)|[^.]+\.[^.:]))/;
/**
 * Pattern of an origin of any scheme, such as `capacitor://localhost`. An http or https origin is also compared with
 * its parsed URL.
 */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*\\]+$/;

/** Copies the HTTP settings of an environment as strings. */
export const pickHttpSettings = (env: object): Settings => textSettings(env, NAMES);

/** Parses the settings. An invalid setting gets its default; an invalid origin is ignored. */
export function readHttpSettings(texts: Settings): HttpSettings {
  const invalid: string[] = [];

  function read<T>(name: (typeof NAMES)[number], otherwise: T, parse: (text: string) => T | undefined): T {
    const text = texts[name]?.trim() ?? '';
    if (text === '') return otherwise;
    const value = parse(text);
    if (value === undefined) invalid.push(name);
    return value ?? otherwise;
  }

  const corsOrigins = read<readonly string[]>('CORS_ORIGINS', [], (text) => {
    const { allowed, others } = parseOrigins(text);
    if (others.length > 0) invalid.push('CORS_ORIGINS');
    return allowed;
  });
  const perUser = read('RATE_LIMIT_PER_USER', PER_USER, parseCount);
  const perAddress = read('RATE_LIMIT_PER_ADDRESS', PER_ADDRESS, parseCount);
  const addressHeader = read<string | undefined>('CLIENT_ADDRESS_HEADER', undefined, (text) =>
    HEADER_NAME.test(text) ? text : undefined,
  );
  return { corsOrigins, perUser, perAddress, addressHeader, invalid };
}

function parseOrigins(text: string): { allowed: string[]; others: string[] } {
  if (text === '*') return { allowed: ['*'], others: [] };
  const entries = text.split(',').map((entry) => entry.trim());
  const given = entries.filter((entry) => entry !== '');
  return { allowed: given.filter(isOrigin), others: given.filter((entry) => !isOrigin(entry)) };
}

/** True for an origin in the spelling of browsers: lower case, no default port, no trailing slash. */
function isOrigin(entry: string): boolean {
  const text = entry.replace(ANY_LABEL, '$1any');
  if (!ORIGIN.test(text) || !URL.canParse(text)) return false;
  return /^https?:/.test(text) ? new URL(text).origin === text : true;
}

const parseCount = (text: string): number | undefined => (COUNT.test(text) ? Number(text) : undefined);
