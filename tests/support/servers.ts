/** Settings of several LiveKit servers. */

/** Settings of servers by name, in place of the demo's single one; each has the key `key-<name>`. */
export const severalServers = (urls: Record<string, string>, keys: (name: string) => unknown = keyOf) => ({
  LIVEKIT_URL: null,
  LIVEKIT_API_KEY: null,
  LIVEKIT_API_SECRET: null,
  LIVEKIT_SERVERS: Object.entries(urls).map(([name, url]) => ({ name, url, keys: keys(name) })),
});

const keyOf = (name: string) => `key-${name}: ${secretOf(name)}`;

/** Secret of the key of a server. */
export const secretOf = (name: string): string => `secret-of-thirty-two-bytes-or-more-${name}`;
