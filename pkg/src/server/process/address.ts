/** Parses the address that a process listens on. */
import { Problem } from './problem.js';

/** Default host: every interface, as Hono on Node and Deno, and as containers need. */
const DEFAULT_HOST = '0.0.0.0';
const DEFAULT_PORT = 8787;
const LAST_PORT = 65535;

/** The address that a process listens on. */
export interface Address {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
}

/** Parses `HOST` and `PORT`. Throws a {@link Problem} for an invalid port. */
export function parseAddress(env: object): Address {
  const { HOST, PORT } = env as Record<string, string | undefined>;
  return { hostname: HOST?.trim() || DEFAULT_HOST, port: parsePort(PORT?.trim() ?? '') };
}

function parsePort(text: string): number {
  if (text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LAST_PORT) return port;
  throw new Problem(`PORT is '${text}': set it to a number from 0 (any free port) to ${LAST_PORT}`);
}

/** Returns the URL of an address. */
export const toUrl = ({ hostname, port }: Address): string =>
  `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
