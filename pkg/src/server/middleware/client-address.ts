/** Determines the network of the client, the key of the rate limit by address. */
import type { Context } from 'hono';
import type { HttpSettings } from './http-settings.js';

/** Returns the address of the client, such as `192.0.2.1` or `2001:db8::1`. */
export type ClientAddress = (context: Context) => string | undefined;

/** Number of groups in an IPv6 network: the first 64 of 128 bits, the network of one household or machine. */
const NETWORK_GROUPS = 4;

/**
 * Returns the network of the client. CLIENT_ADDRESS_HEADER names the proxy's header with the address. Without the
 * setting no header is used, because a client could send any. If the header is missing or invalid, the address of the
 * platform is used, so that requests that bypass the proxy are counted too. `undefined` if both are unknown.
 */
export function clientNetwork(
  context: Context,
  { addressHeader }: HttpSettings,
  findAddress: ClientAddress | undefined,
): string | undefined {
  // The last entry of X-Forwarded-For was added by the nearest proxy.
  const named = addressHeader && toNetwork(context.req.header(addressHeader)?.split(',').at(-1));
  try {
    return named || toNetwork(findAddress?.(context));
  } catch {
    return undefined;
  }
}

/**
 * Returns the network of an address: an IPv4 address unchanged, also if it is mapped to IPv6, or the /64 of an IPv6
 * address. A port and a zone are removed. `undefined` for any other text.
 */
export function toNetwork(text: string | undefined): string | undefined {
  // Trimmed first, because a regular expression that also matches trailing spaces would take quadratic time.
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\](?::\d+)?|(.*))$/.exec(text?.trim() ?? '') ?? [];
  return (
    (bracketed === undefined ? ipv4(plain.replace(/^([\d.]+):\d+$/, '$1')) : undefined) ?? ipv6(bracketed ?? plain)
  );
}

function ipv4(text: string): string | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes.join('.') : undefined;
}

function ipv6(text: string): string | undefined {
  const [address = ''] = text.split('%');
  if (!/^[\da-f:.]{2,45}$/i.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  const groups = parseGroups(new URL(`http://[${address}]`).hostname.slice(1, -1));
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** Parses the eight groups of an IPv6 address, where `::` stands for groups of zeros. */
function parseGroups(address: string): number[] {
  const [before = [], after = []] = address
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))));
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after];
}
