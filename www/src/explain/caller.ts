/** Responses about the caller: the user token is not accepted, or the user may not do it. */
import type { Attempt, Explanation } from './attempt.ts';

export function unauthorized(message: string | undefined, user: string, attempt: Attempt): Explanation {
  if (message === 'Account has been banned') {
    return {
      kind: 'error',
      title: `${user} is banned`,
      text: 'The user token is valid, but the account is banned. A banned user gets no LiveKit token.',
      next: 'Sign in as another user.',
    };
  }
  if (message === 'Token has been revoked') {
    return {
      kind: 'error',
      title: 'The user token was revoked',
      text: 'The user token is valid, but it, its session or all tokens of its user were revoked.',
      next: 'Sign in again with a new user token.',
    };
  }
  if (attempt.hasExpired) {
    return {
      kind: 'warning',
      icon: 'clock',
      title: 'The user token has expired',
      text: 'The endpoint accepts no expired user token.',
      next: 'Sign in again with a new user token.',
    };
  }
  return {
    kind: 'error',
    title: 'The user token is not accepted',
    text: 'The endpoint does not say which check failed: that would help an attacker.',
    causes: [
      attempt.isSignedHere ? 'The secret is not the JWT_SECRET of the endpoint.' : 'It is not signed with JWT_SECRET.',
      'No user has this ID.',
      'The token has expired, or is not valid yet.',
      attempt.isSignedHere
        ? 'JWT_ISSUER, JWT_AUDIENCE or JWT_CLIENT_ID is set: sign in with a user token that has these claims.'
        : 'Its issuer, audience or client is not the one in JWT_ISSUER, JWT_AUDIENCE or JWT_CLIENT_ID.',
    ],
    next: 'Sign in again. With LOG_LEVEL=debug the log of the endpoint has the reason.',
  };
}

export function forbidden(user: string, { what, needs, causes }: Attempt): Explanation {
  return {
    kind: 'error',
    icon: 'lock',
    title: `${user} may not ${what}`,
    text: `It takes ${needs}. The endpoint does not say which check failed.`,
    causes: causes ?? channelCauses(user),
    next: 'Sign in as another user, or choose another room. With LOG_LEVEL=debug the log of the endpoint has the reason.',
  };
}

/** Why a user may not do something in a channel. */
export const channelCauses = (user: string): string[] => [
  `No role of ${user} has the permission, or an overwrite of the channel denies it.`,
  'The channel does not exist.',
  `The channel is private and ${user} is not a member.`,
  `${user} is banned or timed out in the community.`,
];
