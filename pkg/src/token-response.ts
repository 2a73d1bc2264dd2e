/** The response with an issued token. */

/** An issued token. */
export interface IssuedToken {
  readonly token: string;
  /** `exp` in Unix seconds. */
  readonly expiresAt: number;
  readonly jti?: string;
}

/** A token, and the data that its holder needs. */
export interface TokenResponse {
  /** The LiveKit access token. */
  token: string;
  /** Identity of the participant. */
  identity: string;
  /** The room that the token is for. */
  roomId: string;
  /** URL to connect to, if configured. */
  url?: string;
  /** When the token expires: its `exp`. ISO 8601 in JSON. */
  expiresAt: Date;
  /** The token's `jti`, if it has one. */
  jti?: string;
}

/** The LiveKit server that clients connect to. */
export interface ConnectionInfo {
  /** URL of LiveKit's server, if configured. */
  url?: string;
}

/** An object with the URL that clients connect to. */
interface WithUrl {
  readonly url?: string;
}

/** Creates the response for an issued token. */
export function tokenResponse(
  { url }: WithUrl,
  { roomId, identity }: { readonly roomId: string; readonly identity: string },
  { token, expiresAt, jti }: IssuedToken,
): TokenResponse {
  const date = new Date(expiresAt * 1000);
  const response: TokenResponse =
    url === undefined
      ? { token, identity, roomId, expiresAt: date }
      : { token, identity, roomId, url, expiresAt: date };
  if (jti !== undefined) response.jti = jti;
  return response;
}

/** Returns the URL that clients connect to. */
export const toConnectionInfo = ({ url }: WithUrl): ConnectionInfo => (url === undefined ? {} : { url });
