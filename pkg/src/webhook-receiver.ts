/** Webhook → event, with the names of LiveKit's own SDK. */
import { nullIsWrong, tokenText } from './arguments.js';
import { LivekitException } from './exception.js';
import { DEFAULT_CLOCK_TOLERANCE, type TokenVerifierOptions, verifierArguments } from './token-verifier.js';
import { type VerifierArguments, verifyWebhook } from './wasm/token-operations.js';
import { WebhookEvent } from './webhook-event.js';

/** `'Authorize'`, as in LiveKit's SDK. Webhooks come with `Authorization`. */
export const authorizeHeader = 'Authorize';

/** Checks webhooks and reads their events. */
export class WebhookReceiver {
  readonly #arguments: VerifierArguments;

  /** @throws {@link LivekitException} if key or secret is missing, blank or no string */
  constructor(apiKey: string, apiSecret: string, options?: TokenVerifierOptions | null) {
    this.#arguments = verifierArguments(apiKey, apiSecret, options);
  }

  /** Checks a webhook and reads its event. Rejects as {@link receiveSync} throws. */
  async receive(
    body: string | Uint8Array,
    authHeader?: string,
    skipAuth = false,
    clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
  ): Promise<WebhookEvent> {
    return this.receiveSync(body, authHeader, skipAuth, clockTolerance);
  }

  /**
   * Checks a webhook and reads its event.
   *
   * @param body - exactly as it was received: a text, or better its bytes
   * @param authHeader - the header `Authorization`, with or without `Bearer`
   * @param skipAuth - `true` to believe anybody
   * @param clockTolerance - seconds, or a span such as `1m`
   * @throws {@link LivekitException} with status 401 if LiveKit did not send it, 400 if it is no event
   * (its `cause` says why, and may quote the body), 413 if it is larger than 7 MiB
   */
  receiveSync(
    body: string | Uint8Array,
    authHeader?: string,
    skipAuth = false,
    clockTolerance: number | string = DEFAULT_CLOCK_TOLERANCE,
  ): WebhookEvent {
    const bytes = bytesOf(body);
    if (skipAuth !== true) {
      if (!authHeader) throw NO_HEADER;
      verifyWebhook(
        this.#arguments,
        { token: tokenText(authHeader), clockTolerance: nullIsWrong(clockTolerance) },
        bytes,
      );
    }
    return parse(bytes);
  }
}

const NO_HEADER = new LivekitException('authorization header is empty', 401, {
  code: 'invalid_token',
});

/** More than LiveKit sends; with the arguments it fits into the 8 MiB that the module takes. */
const MAX_BODY_BYTES = 7 * 1024 * 1024;

/** A copy of the body, so that what is checked is what is read, whoever else can write to the original. */
function bytesOf(body: unknown): Uint8Array {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : copyOf(body);
  if (bytes === undefined) {
    throw new LivekitException('webhook body must be a string or its bytes, as received', 400, {
      code: 'invalid_webhook',
    });
  }
  if (bytes.length > MAX_BODY_BYTES)
    throw new LivekitException('webhook body is too large', 413, { code: 'too_large' });
  return bytes;
}

function copyOf(body: unknown): Uint8Array | undefined {
  const isBytes = ArrayBuffer.isView(body) && Object.prototype.toString.call(body) === '[object Uint8Array]';
  try {
    return isBytes ? new Uint8Array(body as Uint8Array) : undefined;
  } catch {
    return undefined;
  }
}

/** Every exception of the parsers, a `RangeError` for the depth of a body included, is the `cause` of the one thrown. */
function parse(bytes: Uint8Array): WebhookEvent {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return WebhookEvent.fromJsonString(text, { ignoreUnknownFields: true });
  } catch (cause) {
    throw new LivekitException('webhook body is not a LiveKit event', 400, { code: 'invalid_webhook', cause });
  }
}
