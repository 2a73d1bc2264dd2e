/** An endpoint inside its module: the rules and the keys, prepared. */
import type { MintedToken } from '../token-response.js';
import { ENDPOINT, type EndpointOperations } from './endpoint.js';
import type { Caller } from './endpoint-operations.js';
import { Handle, type Settings } from './handle.js';
import { jsonText, now, runForText, runOnBytes, runOnJsonAndBytes } from './instance.js';
import { fillRandom, RANDOM_BYTES } from './random.js';

/** What the module says of an endpoint. */
export interface EndpointDescription {
  /** The number that the module knows the endpoint by. */
  readonly service: number;
  /** True if nothing is missing. */
  readonly configured: boolean;
  /** Names of the required settings that are missing. */
  readonly missing: readonly string[];
  /** Names of the settings that do not say what they should, so that another value applies. */
  readonly misread: readonly string[];
  /** Names of the secrets that are so short that they can be guessed. */
  readonly short: readonly string[];
  /** True if there is anything to check user tokens with. */
  readonly userTokens: boolean;
  /** Where the identity provider publishes its keys. */
  readonly jwksUrl?: string;
  /** True if user tokens must be of one issuer. */
  readonly issuer: boolean;
  /** True if user tokens must be for this service. */
  readonly audience: boolean;
  /** Where clients connect to. */
  readonly url?: string;
  /** True if every token carries a `jti`. */
  readonly jti: boolean;
}

/** A token and what it is for. */
export interface GrantedToken extends MintedToken {
  readonly roomId: string;
  readonly identity: string;
}

/** What the rules are asked about a request. */
export interface Question {
  readonly caller: Caller;
  readonly request?: object;
  readonly channelId?: string;
  /** JSON: what the store knows, `null` for nothing. */
  readonly facts: string;
}

/** The facts are the most of it, and JSON already. */
function questionText(route: string, { facts, ...question }: Question): string {
  return `{"facts":${facts},${jsonText({ ...question, route, now: now() }).slice(1)}`;
}

/** What a `jti` is made of, where one is wanted and the runtime has random bytes. */
function randomBytes({ jti }: EndpointDescription): Uint8Array {
  const random = new Uint8Array(jti ? RANDOM_BYTES : 0);
  return random.length > 0 && !fillRandom(random) ? new Uint8Array() : random;
}

export class EndpointHandle {
  readonly #handle: Handle<EndpointOperations, EndpointDescription>;

  constructor(settings: Settings) {
    this.#handle = new Handle(
      settings,
      ENDPOINT,
      (core) => core.create_endpoint(),
      (core, endpoint) => core.drop_endpoint(endpoint),
    );
  }

  get description(): EndpointDescription {
    return this.#handle.live().description;
  }

  /** Checks a user token. Throws 401. */
  authenticate(token: string): Caller {
    const { core, description } = this.#handle.live();
    return runOnBytes(core, token, () => core.authenticate(description.service, now()));
  }

  /** Checks the claims of a user token whose signature was checked. Throws 401. */
  authenticateClaims(payload: string): Caller {
    const input = jsonText({ payload, now: now() });
    const { core, description } = this.#handle.live();
    return runOnBytes(core, input, () => core.authenticate_claims(description.service));
  }

  /**
   * What of a route's request may be granted or done. Throws 401, 400, 403 in this order; 503 for facts that are none.
   * The caller says what the route's answer is.
   */
  authorize<T>(route: string, question: Question): T {
    const input = questionText(route, question);
    const { core, description } = this.#handle.live();
    return runOnBytes(core, input, () => core.authorize(description.service));
  }

  /** As `authorize`, of a route that answers with a token, and mints it with the grants of the rules. Throws 500, too. */
  authorizeAndGenerate(route: string, question: Question): GrantedToken {
    const json = questionText(route, question);
    const { core, description } = this.#handle.live();
    const operation = (length: number) => core.authorize_and_generate(description.service, length);
    return JSON.parse(runOnJsonAndBytes(core, json, randomBytes(description), operation));
  }

  /** Mints the token of a request that was authorised. Throws 500 without credentials and for grants that are refused. */
  generateGranted(granted: object): MintedToken {
    const json = jsonText({ granted, now: now() });
    const { core, description } = this.#handle.live();
    const operation = (length: number) => core.generate_granted(description.service, length);
    return JSON.parse(runOnJsonAndBytes(core, json, randomBytes(description), operation));
  }

  /** Mints a token with which this service itself administers a room, for a minute. Throws 500 without credentials. */
  generateAdminToken(room: string): string {
    const input = jsonText({ room, now: now() });
    const { core, description } = this.#handle.live();
    return runForText(core, input, () => core.generate_admin_token(description.service));
  }

  /** Checks the token of a webhook, before its body is there. Throws 401. */
  checkWebhook(authorization: string): void {
    const input = jsonText({ authorization, now: now() });
    const { core, description } = this.#handle.live();
    runOnBytes(core, input, () => core.check_webhook(description.service));
  }

  /** Checks a webhook and says what it changes in who is in which room, if anything. Throws 401, 400, 500. */
  readWebhook<T>(authorization: string, body: Uint8Array): T | null {
    const json = jsonText({ authorization, now: now() });
    const { core, description } = this.#handle.live();
    return JSON.parse(runOnJsonAndBytes(core, json, body, (length) => core.read_webhook(description.service, length)));
  }

  /** Forgets the prepared keys now, rather than when the handle is collected. A later call prepares them anew. */
  dispose(): void {
    this.#handle.dispose();
  }
}
