/** A minted token → what its holder is told. */

/** A minted token. */
export interface MintedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly jti?: string;
}

/** A token and what its holder needs to know of it. */
export interface TokenResponse {
  /** The LiveKit access token. */
  token: string;
  /** Identity of the participant. */
  identity: string;
  /** The room that the token is for. */
  roomId: string;
  /** Where to connect to, if configured. */
  url?: string;
  /** From then on the token is refused: its `exp`. ISO 8601 in JSON. */
  expiresAt: Date;
  /** The token's `jti`, if it carries one. */
  jti?: string;
}

/** Anything that knows where clients connect to. */
interface Described {
  readonly description: { readonly url?: string };
}

/** A minted token with what its holder needs to know of it. */
export function tokenResponse(
  handle: Described,
  { roomId, identity }: { readonly roomId: string; readonly identity: string },
  { token, expiresAt, jti }: MintedToken,
): TokenResponse {
  const { url } = handle.description;
  const date = new Date(expiresAt * 1000);
  const response: TokenResponse =
    url === undefined
      ? { token, identity, roomId, expiresAt: date }
      : { token, identity, roomId, url, expiresAt: date };
  if (jti !== undefined) response.jti = jti;
  return response;
}

/** Where clients of a service in the module connect to. */
export function connectionInfoOf(handle: Described): { url?: string } {
  const { url } = handle.description;
  return url === undefined ? {} : { url };
}
