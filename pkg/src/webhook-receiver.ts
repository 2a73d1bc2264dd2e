/** Verifies webhooks and parses their events, with the API of LiveKit's SDK. */
import { copyBytes, tokenText } from './arguments.js';
import { createException } from './exception.js';
import {
  DEFAULT_CLOCK_TOLERANCE,
  toleranceSeconds,
  type VerifierArguments,
  type VerifierHandle,
  verifierHandle,
} from './token-verifier.js';
import { WebhookEvent } from './webhook-event.js';

/** `'Authorize'`, as in LiveKit's SDK. LiveKit sends webhooks with the header `Authorization`. */
export const authorizeHeader = 'Authorize';

/**
 * Verifies webhooks and parses their events.
 *
 * @example
 * ```ts
 * import { WebhookReceiver } from 'livekit-edge';
 *
 * const receiver = new WebhookReceiver('devkey', 'secret');
 *
 * export async function receive(request: Request) {
 *   const body = new Uint8Array(await request.arrayBuffer());
 *   const event = await receiver.receive(body, request.headers.get('Authorization') ?? undefined);
 *   return event.event === 'participant_joined' ? event.participant?.identity : undefined;
 * }
 * ```
 */
export class WebhookReceiver {
  private readonly handle: () => VerifierHandle;

  /**
   * Creates a receiver for an API key and its secret, or for an array of `ApiCredentials`, for example during a key
   * rotation. The issuer of a webhook selects the key.
   *
   * @throws `LivekitException` if a key or secret is missing, blank or not a string, or a key is repeated
   */
  constructor(...args: VerifierArguments) {
    const handle = verifierHandle(args);
    this.handle = () => handle;
  }

  /** As {@link receiveSync}, but rejects instead of throwing. */
  async receive(
    body: string | Uint8Array,
    authHeader?: string,
    skipAuth = false,
    clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
  ): Promise<WebhookEvent> {
    return this.receiveSync(body, authHeader, skipAuth, clockTolerance);
  }

  /**
   * Verifies a webhook and parses its event.
   *
   * @param body - the body exactly as received: a string, or preferably its bytes
   * @param authHeader - the `Authorization` header, with or without `Bearer`
   * @param skipAuth - `true` to accept unsigned webhooks
   * @param clockTolerance - seconds, or a duration such as `1m`; at most one day
   * @throws `LivekitException` with status 401 if the signature is missing or invalid, 400 if the body is not an event
   * (the `cause` is the exact error, and may quote the body), 413 if it is larger than 7 MiB
   */
  receiveSync(
    body: string | Uint8Array,
    authHeader?: string,
    skipAuth = false,
    clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
  ): WebhookEvent {
    const bytes = copyBody(body);
    if (skipAuth !== true) {
      if (!authHeader) throw createException('invalid_token', 'authorization header is empty');
      const [token, tolerance] = [tokenText(authHeader), toleranceSeconds(clockTolerance)];
      this.handle().call((verifier) => verifier.verifyWebhook(bytes, token, tolerance));
    }
    return parse(bytes);
  }
}

/** Maximum size of a body in bytes. LiveKit sends smaller ones. */
const MAX_BODY_BYTES = 7 * 1024 * 1024;

/** Copies the body, so that the parsed bytes are the verified ones even if the original changes. */
function copyBody(body: unknown): Uint8Array {
  // A string has at least as many bytes as UTF-16 units.
  if (typeof body === 'string' && body.length > MAX_BODY_BYTES) throw tooLarge();
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : copyBytes(body);
  if (bytes === undefined) {
    throw createException('invalid_webhook', 'webhook body must be a string or its bytes, as received');
  }
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  return bytes;
}

const tooLarge = () => createException('too_large', 'webhook body is too large');

/**
 * Parses an event. Any exception of the parsers, including a `RangeError` for a deeply nested body, becomes the
 * `cause`.
 */
function parse(bytes: Uint8Array): WebhookEvent {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return WebhookEvent.fromJsonString(text, { ignoreUnknownFields: true });
  } catch (cause) {
    throw createException('invalid_webhook', 'webhook body is not a LiveKit event', { cause });
  }
}
