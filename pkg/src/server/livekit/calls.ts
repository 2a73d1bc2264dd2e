/** Calls of LiveKit's API for one purpose: the server, its token, a timeout for all of them together, and their errors. */
import { createException, type LivekitException } from '../../exception.js';
import { apiUrl, callTwirp, type Json, type Send, type Service } from '../../livekit-api/twirp.js';
import type { ServiceAction } from '../../wasm/generated/livekit_edge.js';
import type { Rules } from '../rules.js';
import { withTimeout } from '../timeout.js';

/** URL and token of calls. */
export interface Access {
  readonly url: string | undefined;
  /** Where the URL is from, for the log: the setting, or the option. */
  readonly from: 'LIVEKIT_URL' | 'url';
  token(): string;
}

/** Finds the server that a room is on, and issues the token of an action. */
export type AccessTo = (action: ServiceAction, room: string) => Access | Promise<Access>;

/** Why a call failed: for the log, and never for the client. */
export type Reason =
  | 'livekit_unreachable'
  | 'livekit_refused'
  | 'livekit_too_large'
  | 'livekit_garbage'
  | 'livekit_too_many_tracks';

/** The exception for a reason. */
export type Failure = (reason: Reason) => LivekitException;

/** Calls a method. */
export type Post = (method: string, body: Json) => Promise<Json>;

/** What is called, and why. */
export interface Purpose {
  readonly action: ServiceAction;
  /** The room that decides which server is called. */
  readonly room: string;
  readonly service?: Service;
  readonly failed: Failure;
  /** Milliseconds for all requests together, including their bodies; the default is 10,000. */
  readonly timeoutMs?: number;
  /** The exception for a code of Twirp that the caller needs to know. */
  readonly refusal?: (code: unknown, request: Json, answer: Json | undefined) => LivekitException | undefined;
}

/** Calls LiveKit for a purpose. Rejects with a `LivekitException` only. */
export type Calls = <Result>(purpose: Purpose, work: (post: Post) => Promise<Result>) => Promise<Result>;

/** The default of {@link Purpose.timeoutMs}. */
const TIMEOUT_MS = 10_000;

/** Failures with one message. */
export function failure(message: string): Failure {
  return (reason) => createException('livekit_unavailable', message, { reason });
}

/** Calls by this access and this `fetch`. */
export const createCalls =
  (accessTo: AccessTo, send: Send): Calls =>
  async ({ action, room, service = 'RoomService', failed, refusal, timeoutMs = TIMEOUT_MS }, work) => {
    const { url, from, token } = await accessTo(action, room);
    const base = apiUrl(url);
    if (base === undefined) throw noUrl(url, from);
    const stop = new AbortController();
    const api = { send, url: base, token: token(), signal: stop.signal };
    const post: Post = async (method, body) => {
      const { status, json, isTooLarge } = await callTwirp(api, service, method, body).catch(() => {
        throw failed('livekit_unreachable');
      });
      if (status !== 200) {
        if (json?.['code'] === 'deadline_exceeded') throw tooSlow();
        throw refusal?.(json?.['code'], body, json) ?? failed('livekit_refused');
      }
      if (isTooLarge) throw failed('livekit_too_large');
      if (json === undefined) throw failed('livekit_garbage');
      return json;
    };
    return withTimeout(
      timeoutMs,
      () => work(post),
      () => {
        // The signal alone is not enough: an application's `fetch` may ignore it.
        stop.abort();
        throw tooSlow();
      },
    );
  };

/** Access by the rules to the server of a room, or to the one that `serverOf` names. */
export const accessByRules =
  (rules: Rules, serverOf: (room: string) => string | undefined | Promise<string | undefined>): AccessTo =>
  async (action, room) => {
    const server = await serverOf(room);
    const { url, token } = rules.call((rules) => rules.serviceAccess(action, room, server));
    return { url, from: 'LIVEKIT_URL', token: () => token };
  };

/** The message of a setting or option that is missing. */
export const NOT_CONFIGURED = 'LiveKit credentials not configured';

/** The error of a URL that is unset, as for every setting, or that `fetch` could not use. */
function noUrl(url: unknown, path: Access['from']): LivekitException {
  const isUnset = typeof url === 'string' ? url.trim() === '' : url === undefined || url === null;
  const message = isUnset ? NOT_CONFIGURED : 'LiveKit URL invalid';
  return createException('not_configured', message, { reason: isUnset ? 'missing_url' : 'invalid_url', path });
}

const tooSlow = () => createException('livekit_timeout', 'LiveKit did not answer in time');
