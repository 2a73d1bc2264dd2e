/** Base class of the clients of LiveKit's services: signs a token for each call, calls, and converts errors. */
import { AccessToken } from '../access-token.js';
import type { SIPGrant, VideoGrant } from '../grants.js';
import { type ClientOptions, type Connection, checkConnection } from './client-options.js';
import { hasFailover, withFailover } from './failover.js';
import { invalidAnswer, refused, tooSlow, unreachable } from './failures.js';
import { type Message, messageJson } from './messages.js';
import { type Answer, callTwirp, type Json, type Send, type Service } from './twirp.js';

/** TTL of the token of a call, as in LiveKit's SDK. */
const TTL = '10m';

/** A client of one of LiveKit's services. */
export abstract class ServiceClient {
  /**
   * Returns the private values. A closure, because `#private` fields do not work behind a `Proxy`, and because printing
   * the client must not show the secret.
   */
  private readonly hidden: () => Connection & { readonly service: Service };

  /** @internal */
  constructor(service: Service, host: string, apiKey?: string, secret?: string, options?: ClientOptions) {
    const connection = { ...checkConnection(host, apiKey, secret, options), service };
    this.hidden = () => connection;
  }

  /**
   * Returns the `Authorization` header for a call with these grants.
   *
   * @throws {@link LivekitException} for grants that a LiveKit server would reject
   */
  async authHeader(grant: VideoGrant, sip?: SIPGrant): Promise<Record<string, string>> {
    return { Authorization: `Bearer ${signToken(this.hidden(), grant, sip)}` };
  }

  /**
   * Calls a method that returns a JSON object.
   * @internal
   */
  protected async call(method: string, grant: VideoGrant, message: () => Message): Promise<Json> {
    const connection = this.hidden();
    const body = messageJson(message);
    const token = signToken(connection, grant);
    const answer = await sendCall(connection, token, method, body);
    if (answer.status !== 200) throw refused(answer, token);
    if (answer.isTooLarge) throw invalidAnswer('livekit_too_large');
    if (answer.json === undefined) throw invalidAnswer('livekit_garbage');
    return answer.json;
  }
}

function signToken({ credentials }: Connection, grant: VideoGrant, sip?: SIPGrant): string {
  if ('token' in credentials) return credentials.token;
  const token = new AccessToken(credentials.apiKey, credentials.apiSecret, { ttl: TTL });
  token.addGrant(grant);
  if (sip !== undefined) token.addSIPGrant(sip);
  return token.toJwtSync();
}

// A function, because the global `fetch` of Workers throws if it is called as a method.
const send: Send = (address, init) => fetch(address, init);

function sendCall(
  connection: Connection & { readonly service: Service },
  token: string,
  method: string,
  body: Json,
): Promise<Answer> {
  // Browsers have no `randomUUID` in pages without TLS.
  const requestId = hasFailover(connection) ? crypto.randomUUID?.() : undefined;
  return withFailover(connection, send, token, async (url) => {
    const signal = AbortSignal.timeout(connection.timeoutMs);
    try {
      return await callTwirp({ send, url, token, signal, requestId }, connection.service, method, body);
    } catch (cause) {
      throw signal.aborted ? tooSlow() : unreachable(cause);
    }
  });
}
