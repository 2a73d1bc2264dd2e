/** A request for a token. */
import type { Answer, Call } from '../endpoint.ts';
import type { RoomChoice } from './room-choice.ts';

/** The fields of the form, and the caller. */
export interface TokenRequest {
  userToken: string;
  room: RoomChoice;
  /** The name that other participants see. */
  name: string;
  /** Seconds; the default is the endpoint's. */
  ttl?: number;
}

export interface TokenBody {
  token: string;
  url?: string;
  expiresAt: string;
}

/** The HTTP request, also for the code to copy. */
export const toCall = ({ room, name, ttl }: TokenRequest): Required<Pick<Call, 'path' | 'body'>> => ({
  path: room.kind === 'group' ? '/dm-token' : '/token',
  body: { roomId: room.id, name, ...(ttl === undefined ? {} : { ttl }) },
});

export function parseToken({ status, body }: Answer): TokenBody | undefined {
  const isToken = status === 201 && typeof (body as TokenBody | null)?.token === 'string';
  return isToken ? (body as TokenBody) : undefined;
}
