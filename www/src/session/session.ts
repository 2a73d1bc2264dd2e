/** Who is signed in: a user token, and what it says of its user. It is in memory only. */

import { AccessToken } from 'livekit-edge/tokens';
import { decode, tokenIn } from '#inspect';

export interface Session {
  readonly way: 'demo' | 'token' | 'secret';
  readonly userToken: string;
  readonly userId: string;
  readonly name: string;
  /** Unix seconds. */
  readonly expiresAt?: number;
}

/** `iss` of the user tokens that this page signs: no API key, whose tokens are not user tokens. */
const ISSUER = 'livekit-edge-playground';
const TTL = '1h';

let current: Session | undefined;
const listeners: ((session: Session | undefined) => void)[] = [];

export const currentSession = (): Session | undefined => current;

export function setSession(session: Session | undefined): void {
  current = session;
  for (const listener of listeners) listener(session);
}

/** Calls the function whenever another user signs in, or none is signed in any more. */
export function onSession(listener: (session: Session | undefined) => void): void {
  listeners.push(listener);
}

/** Whether the user token has expired, by the clock of this machine. */
export const hasExpired = ({ expiresAt }: Session): boolean =>
  expiresAt !== undefined && expiresAt <= Date.now() / 1000;

/**
 * The session of a user token, which is not verified here.
 * @param name - the default is what the token says
 * @throws an `Error` whose message is a sentence, without any of the token
 */
export function toSession(way: Session['way'], text: string, name?: string): Session {
  const userToken = tokenIn(text);
  const { claims } = decode(userToken);
  const { sub, exp } = claims;
  if (typeof sub !== 'string' || sub === '') throw new Error('The token has no sub, which names the user.');
  const names = [name, claims['name'], claims['username'], sub];
  return {
    way,
    userToken,
    userId: sub,
    name: names.find((name) => typeof name === 'string' && name.trim() !== '') as string,
    ...(typeof exp === 'number' ? { expiresAt: exp } : {}),
  };
}

/**
 * Signs a user token in this page.
 * @throws an `Error` whose message is a sentence, without any of the secret
 */
export function sessionBySecret(userId: string, secret: string): Session {
  return toSession('secret', new AccessToken(ISSUER, secret, { identity: userId, ttl: TTL }).toJwtSync());
}
