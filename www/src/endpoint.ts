/** Requests to the endpoint. */

export const BASE = '/api/livekit';

/** A complete response. */
export interface Answer {
  /** 0 if there was none. */
  status: number;
  statusText: string;
  /** Parsed, or as text if it is not JSON. */
  body: unknown;
  /** Seconds of `Retry-After`. */
  retryAfter?: number;
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Below the base. */
  path: string;
  body?: object;
}

/** Never rejects: without a response the status is 0. */
export async function callEndpoint(userToken: string, { method = 'POST', path, body }: Call): Promise<Answer> {
  try {
    const response = await fetch(`${BASE}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${userToken}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
    return {
      status: response.status,
      statusText: response.statusText,
      body: parsed(text),
      ...(retryAfter > 0 ? { retryAfter } : {}),
    };
  } catch {
    return { status: 0, statusText: '', body: undefined };
  }
}

/** The endpoint's own message, or its list of them. */
export function parseMessages({ body }: Answer): string[] {
  const message = (body as { message?: unknown } | null | undefined)?.message;
  if (Array.isArray(message)) return message.map(String);
  return typeof message === 'string' ? [message] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
