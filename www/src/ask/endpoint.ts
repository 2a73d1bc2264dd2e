/** The call that the whole page is about. */

export const TOKEN_PATH = '/api/livekit/token';

/** What is asked for, and as whom. */
export interface Question {
  userToken: string;
  roomId: string;
  /** What others in the room see. */
  name: string;
  /** Seconds; the endpoint's choice unless set. */
  ttl?: number;
}

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  statusText: string;
  /** As it came, or as text if it is not JSON. */
  body: unknown;
}

export interface TokenBody {
  token: string;
  url?: string;
  expiresAt: string;
}

/** The body of the request, also for the code to copy. */
export const bodyOf = ({ roomId, name, ttl }: Question) => ({ roomId, name, ...(ttl === undefined ? {} : { ttl }) });

export async function askForToken(question: Question): Promise<Answer> {
  const response = await fetch(TOKEN_PATH, {
    method: 'POST',
    headers: { Authorization: `Bearer ${question.userToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(bodyOf(question)),
  });
  const text = await response.text();
  return { status: response.status, statusText: response.statusText, body: parsed(text) };
}

export function tokenOf({ status, body }: Answer): TokenBody | undefined {
  const isToken = status === 201 && typeof (body as TokenBody | null)?.token === 'string';
  return isToken ? (body as TokenBody) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
