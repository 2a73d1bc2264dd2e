/** Groups of calls of LiveKit's API that share a server, a token, a timeout and an error message. */
import { createException, type LivekitException } from '../../exception.js';
import { apiUrl, callTwirp, type Json, type Send, type Service } from '../../livekit-api/twirp.js';
import type { ServiceAction } from '../../wasm/generated/livekit_edge.js';
import type { Rules } from '../rules.js';
import { withTimeout } from '../timeout.js';

/** URL and token of calls. */
export interface Access {
  readonly url: string | undefined;
  /** Name of the setting or option that contains the URL, for the log. */
  readonly from: 'LIVEKIT_URL' | 'url';
  token(): string;
}

/** Returns the URL of a room's server and a token for an action. */
export type AccessTo = (action: ServiceAction, room: string) => Access | Promise<Access>;

/** Why a call failed, for the log. Clients never receive it. */
export type Reason =
  | 'livekit_unreachable'
  | 'livekit_refused'
  | 'livekit_too_large'
  | 'livekit_garbage'
  | 'livekit_too_many_tracks';

/** Creates the exception for a reason. */
export type Failure = (reason: Reason) => LivekitException;

/** Calls a method. */
export type Post = (method: string, body: Json) => Promise<Json>;

/** Purpose of a group of calls. */
export interface Purpose {
  readonly action: ServiceAction;
  /** The room, which determines the server. */
  readonly room: string;
  readonly service?: Service;
  readonly failed: Failure;
  /** Timeout of all requests together in milliseconds, including their bodies; the default is 10,000. */
  readonly timeoutMs?: number;
  /** Creates the exception for a Twirp code that gets its own status. */
  readonly refusal?: (code: unknown, request: Json, answer: Json | undefined) => LivekitException | undefined;
}

/** Makes calls for a purpose. Rejects only with a `LivekitException`. */
export type Calls = <Result>(purpose: Purpose, work: (post: Post) => Promise<Result>) => Promise<Result>;

/** The default of {@link Purpose.timeoutMs}. */
const TIMEOUT_MS = 10_000;

/** Creates exceptions with one message. */
export function failure(message: string): Failure {
  return (reason) => createException('livekit_unavailable', message, { reason });
}

/** Creates the function for calls with this access and this `fetch`. */
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
        // The signal is not enough, because the application's `fetch` may ignore it.
        stop.abort();
        throw tooSlow();
      },
    );
  };

/** Access by the rules: to the server that `serverFor` names, else to the server of the room. */
export const accessByRules =
  (rules: Rules, serverFor: (room: string) => string | undefined | Promise<string | undefined>): AccessTo =>
  async (action, room) => {
    const server = await serverFor(room);
    const { url, token } = rules.call((rules) => rules.serviceAccess(action, room, server));
    return { url, from: 'LIVEKIT_URL', token: () => token };
  };

/** The message of a setting or option that is missing. */
export const NOT_CONFIGURED = 'LiveKit credentials not configured';

/** The error for a URL that is unset or invalid. */
function noUrl(url: unknown, path: Access['from']): LivekitException {
  const isUnset = typeof url === 'string' ? url.trim() === '' : url === undefined || url === null;
  const message = isUnset ? NOT_CONFIGURED : 'LiveKit URL invalid';
  return createException('not_configured', message, { reason: isUnset ? 'missing_url' : 'invalid_url', path });
}

const tooSlow = () => createException('livekit_timeout', 'LiveKit did not answer in time');
