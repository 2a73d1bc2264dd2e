/** A request for a token. */
import type { Answer, Call } from '../endpoint.ts';
import type { RoomChoice } from './room-choice.ts';

/** What is asked for, and as whom. */
export interface Question {
  userToken: string;
  room: RoomChoice;
  /** What others in the room see. */
  name: string;
  /** Seconds; the default of the endpoint unless set. */
  ttl?: number;
}

export interface TokenBody {
  token: string;
  url?: string;
  expiresAt: string;
}

/** The request, also for the code to copy. */
export const callOf = ({ room, name, ttl }: Question): Required<Pick<Call, 'path' | 'body'>> => ({
  path: room.kind === 'group' ? '/dm-token' : '/token',
  body: { roomId: room.id, name, ...(ttl === undefined ? {} : { ttl }) },
});

export function tokenOf({ status, body }: Answer): TokenBody | undefined {
  const isToken = status === 201 && typeof (body as TokenBody | null)?.token === 'string';
  return isToken ? (body as TokenBody) : undefined;
}
