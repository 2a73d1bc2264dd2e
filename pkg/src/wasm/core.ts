/** The rules that need no settings, as functions, and what all of them are about. */
import {
  call,
  encodeInto,
  jsonText,
  memoryBytes,
  resultText,
  runForText,
  runOnBytes,
  runOnJsonAndBytes,
  STANDING_BYTES,
} from './instance.js';
import { type Credentials, keyOf } from './keys.js';

/** What every verification is given. */
export interface VerifierArguments extends Credentials {
  readonly refuseFutureIat: boolean;
}

/** The four fields of a create-token request, each of any type. */
export interface RawCreateToken {
  roomId?: unknown;
  identity?: unknown;
  name?: unknown;
  ttl?: unknown;
}

/** A request body that was read: its fields, and those ids in it that are worth asking the store about. */
export interface ReadRequest {
  /** The fields that the route knows, each of any type. */
  readonly fields: object;
  /** The room: a channel, or a group of direct messages. */
  readonly id: string | null;
  readonly identity: string | null;
}

/** Who a user token names; not yet looked up. */
export interface Caller {
  /** The user's id (`sub`). */
  readonly userId: string;
  /** The token's id (`jti`), to look up a revocation by. */
  readonly tokenId?: string;
}

/** A request that may be granted, and with what. */
export interface GrantedRequest {
  readonly roomId: string;
  readonly identity: string;
  readonly name?: string;
  readonly ttl?: number;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** What the participant may do: a `video` grant that is checked once more when the token is minted. */
  readonly grant: unknown;
  readonly facts: GrantFacts;
}

/** What is known of a request that may be granted. */
export interface GrantFacts {
  /** What the room is: a channel, or a group of direct messages. */
  readonly kind: 'channel' | 'group';
  /** The room: the id of the channel or group. */
  readonly roomId: string;
  /** The identity that the participant will have. */
  readonly identity: string;
  /** The caller's id, which need not be the identity. */
  readonly userId: string;
  /** Whether the caller owns the instance. */
  readonly isOwner: boolean;
  /** Whether the channel is private. */
  readonly isPrivate: boolean;
  /** Whether the caller is a member of the channel or group. */
  readonly isMember: boolean;
  /** Whether the caller is timed out in the channel's community; under `LIVEKIT_GRANTS=full` nobody who is gets so far. */
  readonly isTimedOut: boolean;
  /** Names of the actions that the caller's roles in the channel's community allow. */
  readonly actions: readonly string[];
}

/** Whose microphone to mute, or to unmute. */
export interface MuteRequest {
  readonly identity: string;
  readonly mute: boolean;
}

/** Reads the body of a request for a token. Throws 400 if it is not a JSON object that gives each field once. */
export const readCreateToken = (body: Uint8Array): ReadRequest => runOnBytes(body, (core) => core.read_create_token());

/** As {@link readCreateToken}, in the form of LiveKit's clients. */
export const readTokenSource = (body: Uint8Array): ReadRequest => runOnBytes(body, (core) => core.read_token_source());

/** As {@link readCreateToken}, of a request to mute someone. */
export const readMuteParticipant = (body: Uint8Array): ReadRequest =>
  runOnBytes(body, (core) => core.read_mute_participant());

/** Whether a text can be the id of a channel, and is worth asking the store about. */
export const isId = (text: string): boolean => runOnBytes(text, (core) => core.check_id());

/** Lets in a caller whom the store knows by these facts, which are JSON. Throws 401, or 503 for facts that are none. */
export const admitCaller = (caller: Caller, facts: string): void =>
  runOnBytes(`{"facts":${facts},${jsonText({ caller }).slice(1)}`, (core) => core.admit());

/** Signs an access token. Throws 400 for a claim that is refused, by its name. */
export function signAccessToken(credentials: Credentials, request: object): string {
  const input = jsonText({ ...request, now: now() });
  const { core, key } = keyOf(credentials);
  return runForText(input, () => core.sign_access_token(key), core);
}

/** Checks an access token and returns its payload, the JSON text of its claims. Throws 401. */
export function verifyAccessToken(
  verifier: VerifierArguments,
  { token, clockTolerance }: { readonly token: unknown; readonly clockTolerance: unknown },
): string {
  const isPlain = typeof token === 'string' && isSeconds(clockTolerance);
  // A character takes at least a byte: what is longer cannot fit.
  if (isPlain && token.length <= STANDING_BYTES) {
    const { core, key, standing } = keyOf(verifier);
    const length = encodeInto(token, memoryBytes(core).subarray(standing, standing + STANDING_BYTES));
    // Of a text with other characters not all may have fitted.
    if (length === token.length) {
      const iat = Number(verifier.refuseFutureIat);
      return resultText(
        core,
        call(core, () => core.verify_short_token(key, length, clockTolerance, iat, now())),
      );
    }
  }
  const { refuseFutureIat } = verifier;
  const input = jsonText({ token, clockTolerance, refuseFutureIat, now: now() });
  const { core, key } = keyOf(verifier);
  return runForText(input, () => core.verify_access_token(key), core);
}

/** Checks the token of a webhook, and that it is for this body. Throws 401. */
export function verifyWebhook(verifier: VerifierArguments, request: object, body: Uint8Array): void {
  const input = jsonText({ ...request, refuseFutureIat: verifier.refuseFutureIat, now: now() });
  const { core, key } = keyOf(verifier);
  runOnJsonAndBytes(input, body, (core, length) => core.verify_webhook(key, length), core);
}

/** True for numbers that the rules read as they are; what becomes of others, they say when they see them as JSON. */
const isSeconds = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 2 ** 32;

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);
