/** settings → where a process listens. */
import { Problem } from './problem.js';

/** Every interface: what Hono's users expect on Node and on Deno, and what a container needs. */
const DEFAULT_HOST = '0.0.0.0';
const DEFAULT_PORT = 8787;
const LAST_PORT = 65535;

/** Where a process listens. */
export interface Address {
  readonly hostname: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** Parses `HOST` and `PORT`. Throws a {@link Problem} for an invalid port. */
export function addressOf(env: object): Address {
  const { HOST, PORT } = env as Record<string, string | undefined>;
  return { hostname: HOST?.trim() || DEFAULT_HOST, port: portOf(PORT?.trim() ?? '') };
}

function portOf(text: string): number {
  if (text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LAST_PORT) return port;
  throw new Problem(`PORT is '${text}': set it to a number from 0 (any free port) to ${LAST_PORT}`);
}

/** The URL of an address. */
export const urlOf = ({ hostname, port }: Address): string =>
  `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
