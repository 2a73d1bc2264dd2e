/** What an answer means, in a sentence. */
import type { Answer } from './endpoint.ts';

const BY_STATUS: Record<number, string> = {
  400: 'The request breaks the rules that the message lists.',
  401: 'The endpoint lets nobody in with this user token, and does not say which check failed.',
  403: 'The user is known but may not join this channel: it does not exist, it is private and the user no member, the user is banned or timed out in its community, was kicked, or has no role with JOIN_CHANNEL, or the channel is locked. The answer does not say which; the log does under LOG_LEVEL=debug.',
  404: 'There is no such route.',
  413: 'The request is larger than the endpoint reads.',
  429: 'Too many requests from this user: wait a little.',
  500: 'The endpoint has no LiveKit credentials: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET.',
  502: 'The endpoint itself does not answer: look at the terminal where npm start runs.',
  503: 'The database did not answer in time, and without facts there is no token.',
};

const BY_MESSAGE: Record<string, string> = {
  'Account has been banned': 'The user token is genuine, but the account is banned, so it opens nothing.',
  'Token has been revoked': 'The user token is genuine, but it was revoked: the user has to log in again.',
};

export function explain({ status, body }: Answer, user: string, channel: string): string {
  if (status === 201) return `${user} may join ${channel}: this token opens that one room, for that one identity.`;
  const message = (body as { message?: unknown } | null)?.message;
  const known = typeof message === 'string' ? BY_MESSAGE[message] : undefined;
  return known ?? BY_STATUS[status] ?? `An answer that this page does not know.`;
}
