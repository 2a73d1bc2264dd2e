/** One running endpoint for a test file, on the platform of this run, and the way tests talk to it. */
import { fileURLToPath } from 'node:url';
import { FAULT_HEADER, type Fault, SETTINGS_HEADER, toHeader } from './headers.ts';
import { type Answer, sendRequest } from './http-client.ts';
import { type Start, startHost } from './platform.ts';
import { userToken } from './user-token.ts';

export type { Answer };

/** How a request differs from user-456's with the demo settings. */
export interface Asking {
  /** Whose token is sent as Bearer; user-456's unless set, none for `null`. */
  as?: string | null;
  /** Of either prefix; `/api/livekit` unless set. */
  base?: string;
  headers?: Record<string, string>;
  /** Settings of this request alone, `null` for unset; only where the settings-worker runs. */
  settings?: Record<string, unknown>;
  /** What goes wrong; only where the store worker runs. */
  fault?: Fault;
}

/** One line of the endpoint's log. */
export interface LogLine {
  level: string;
  message: string;
  [detail: string]: unknown;
}

export type Endpoint = Awaited<ReturnType<typeof startEndpoint>>;

/** A script beside this file to run instead of the deployable entry. */
export const supportScript = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts the endpoint with the demo data, unless the options say otherwise. */
export async function startEndpoint(options: Omit<Start, 'log'> = {}) {
  const log: string[] = [];
  const host = await startHost({ ...options, log: (line) => log.push(line) });

  async function send(method: string, path: string, body: BodyInit | null, asking: Asking): Promise<Answer> {
    const { as = 'user-456', base = '/api/livekit', headers = {}, settings, fault } = asking;
    return sendRequest(`${host.url}${base}${path}`, {
      method,
      body,
      headers: {
        ...(as === null ? {} : { Authorization: `Bearer ${userToken(as)}` }),
        ...(settings === undefined ? {} : { [SETTINGS_HEADER]: toHeader(settings) }),
        ...(fault === undefined ? {} : { [FAULT_HEADER]: toHeader(fault) }),
        ...headers,
      },
    });
  }

  return {
    /** `url`, `stop`, and its database: rows, or SQL of its engine's own. */
    ...host,
    log,
    /** Asks for a token: the body as it is, or a value as JSON. */
    token: (body: unknown, asking: Asking = {}) =>
      send('POST', '/token', isBody(body) ? body : JSON.stringify(body), asking),
    get: (path: string, asking: Asking = {}) => send('GET', path, null, asking),
    /** Posts a body as it is, or a value as JSON. */
    post: (path: string, body: unknown, asking: Asking = {}) =>
      send('POST', path, isBody(body) ? body : JSON.stringify(body), asking),
    send: (method: string, path: string, asking: Asking = {}) => send(method, path, null, asking),
    /** The lines that were logged with this message, once there is one; the log arrives a little late. */
    async logged(message: string): Promise<LogLine[]> {
      for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((wake) => setTimeout(wake, 10))) {
        const lines = logLines(log).filter((line) => line.message === message);
        if (lines.length > 0) return lines;
      }
      throw new Error(`Not logged: ${message}\n${log.join('\n')}`);
    },
  };
}

/** The log as objects; fails on a line that is not a JSON object. */
export const logLines = (log: readonly string[]): LogLine[] => log.map((line) => JSON.parse(line));

const isBody = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;
