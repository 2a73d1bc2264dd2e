/** The rules that need no settings, as functions, and what all of them are about. */
import { encodeJson, runForText, runOnBytes } from './instance.js';

/** The four fields of a create-token request, each of any type. */
export interface RawCreateToken {
  roomId?: unknown;
  identity?: unknown;
  name?: unknown;
  ttl?: unknown;
}

/** A request body that was read: its fields, and those ids in it that are worth asking the store about. */
export interface ReadCreateToken {
  readonly fields: RawCreateToken;
  readonly channelId: string | null;
  readonly identity: string | null;
}

/** Who a user token names; not yet looked up. */
export interface Caller {
  /** The user's id (`sub`). */
  readonly userId: string;
  /** The token's id (`jti`), to look up a revocation by. */
  readonly tokenId?: string;
}

/** A request that may be granted. */
export interface GrantedRequest extends RawCreateToken {
  readonly roomId: string;
  readonly identity: string;
  readonly name?: string;
  readonly ttl?: number;
}

/** Reads a request body. Throws 400 if it is not a JSON object that gives each field once. */
export const readCreateToken = (body: Uint8Array): ReadCreateToken =>
  runOnBytes(body, (core) => core.read_create_token());

/** Lets in a caller whom the store knows. Throws 401, or 503 for facts that are none. */
export const admitCaller = (caller: Caller, facts: unknown): void =>
  runOnBytes(encodeJson({ caller, facts }), (core) => core.admit());

/** Signs an access token. Throws 400 for a claim that is refused, by its name. */
export const signAccessToken = (request: object): string =>
  runForText(encodeJson({ ...request, now: now() }), (core) => core.sign_access_token());

/** Checks an access token and returns its payload, the JSON text of its claims. Throws 401. */
export const verifyAccessToken = (request: object): string =>
  runForText(encodeJson({ ...request, now: now() }), (core) => core.verify_access_token());

/** Checks the token of a webhook, and that it is for this body. Throws 401. */
export function verifyWebhook(request: object, body: Uint8Array): void {
  const json = encodeJson({ ...request, now: now() });
  const input = new Uint8Array(json.length + body.length);
  input.set(json);
  input.set(body, json.length);
  runForText(input, (core) => core.verify_webhook(json.length));
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);
