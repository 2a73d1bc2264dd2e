/** Claims → token, with the names of LiveKit's own SDK. */
import { credentialsOf, nullIsWrong, ownOptions } from './arguments.js';
import type {
  AgentEndpointGrant,
  AgentGrant,
  AgentThreadGrant,
  ClaimGrants,
  InferenceGrant,
  ObservabilityGrant,
  RoomConfigurationInit,
  SIPGrant,
  VideoGrant,
} from './grants.js';
import { plain } from './plain.js';
import type { Credentials } from './wasm/keys.js';
import { signAccessToken } from './wasm/token-operations.js';

/** Options of {@link AccessToken}. */
export interface AccessTokenOptions {
  /** How long the token lives: seconds, or a span such as `10m`, `2 days`; six hours unless set. */
  ttl?: number | string;
  /** Display name of the participant. */
  name?: string;
  /** Identity of the participant, at most 256 bytes; required to join. */
  identity?: string;
  /** Free text for the application, at most 512 KiB. */
  metadata?: string;
  /** Free key-value pairs for the application, at most 64 KiB together. */
  attributes?: Record<string, string>;
  /** Lets `roomConfig` hold credentials of storage and streams, which whoever holds the token can read. */
  allowSensitiveCredentials?: boolean;
}

/** Six hours, as in LiveKit's SDKs; `DEFAULT_ACCESS_TOKEN_TTL` in Rust. */
const DEFAULT_TTL = '6h';

/** Grants that are set by a method each. */
type Grants = Pick<
  ClaimGrants,
  'video' | 'sip' | 'agent' | 'agentEndpoint' | 'agentThread' | 'inference' | 'observability'
>;

/** Builds and signs an access token. */
export class AccessToken {
  readonly #credentials: Credentials;
  readonly #allowSensitiveCredentials: boolean;
  readonly #grants: Grants = {};

  /** Identity of the participant, at most 256 bytes; required to join. */
  identity?: string | undefined;
  /** Seconds, or a span such as `10m`. */
  ttl: number | string;
  /** Display name of the participant. */
  name?: string | undefined;
  /** Free text for the application, at most 512 KiB. */
  metadata?: string | undefined;
  /** Free key-value pairs for the application, at most 64 KiB together. */
  attributes?: Record<string, string> | undefined;
  /** Kind of participant, such as `agent`. It is a privilege. */
  kind?: string | undefined;
  /** Details of the kind. */
  kindDetails?: ClaimGrants['kindDetails'] | undefined;
  /** Digest of a webhook's body: base64 of its SHA-256. */
  sha256?: string | undefined;
  /** Name of a room preset (LiveKit Cloud). */
  roomPreset?: string | undefined;
  /** How to set up the room if the holder is the first in it. */
  roomConfig?: RoomConfigurationInit | undefined;

  /**
   * @param apiKey - `LIVEKIT_API_KEY` of the environment if undefined
   * @param apiSecret - `LIVEKIT_API_SECRET` of the environment if undefined
   * @throws {@link LivekitException} if either is missing, blank or no string
   */
  constructor(apiKey?: string, apiSecret?: string, options?: AccessTokenOptions | null) {
    this.#credentials = credentialsOf(apiKey ?? setting('LIVEKIT_API_KEY'), apiSecret ?? setting('LIVEKIT_API_SECRET'));
    const { identity, ttl, name, metadata, attributes, allowSensitiveCredentials } = ownOptions(options);
    this.#allowSensitiveCredentials = allowSensitiveCredentials === true;
    this.identity = identity;
    this.ttl = ttl === undefined ? DEFAULT_TTL : ttl;
    this.name = name;
    this.metadata = metadata;
    this.attributes = attributes;
  }

  /** Adds to what the holder may do in rooms; later members replace earlier ones of the same name. */
  addGrant(grant: VideoGrant): void {
    this.#add('video', grant);
  }

  /** Adds to what the holder may do with telephony. */
  addSIPGrant(grant: SIPGrant): void {
    this.#add('sip', grant);
  }

  /** Adds to what the holder may do with agents. */
  addAgentGrant(grant: AgentGrant): void {
    this.#add('agent', grant);
  }

  /** Adds to which agent endpoints the holder may call. */
  addAgentEndpointGrant(grant: AgentEndpointGrant): void {
    this.#add('agentEndpoint', grant);
  }

  /** Adds to what the holder may do with agents' threads. */
  addAgentThreadGrant(grant: AgentThreadGrant): void {
    this.#add('agentThread', grant);
  }

  /** Adds to what the holder may do with hosted models. */
  addInferenceGrant(grant: InferenceGrant): void {
    this.#add('inference', grant);
  }

  /** Adds to what the holder may do with observability data. */
  addObservabilityGrant(grant: ObservabilityGrant): void {
    this.#add('observability', grant);
  }

  /** Signs the token. Rejects as {@link toJwtSync} throws. */
  async toJwt(): Promise<string> {
    return this.toJwtSync();
  }

  /**
   * Signs the token, valid from now on.
   *
   * @throws {@link LivekitException} with status 400 for what a LiveKit server would refuse, by the claim's name, and for
   * credentials in the room configuration
   */
  toJwtSync(): string {
    const { name, metadata, attributes, kind, kindDetails, sha256, roomPreset, roomConfig } = this;
    const claims = { ...this.#grants, name, metadata, attributes, kind, kindDetails, sha256, roomPreset, roomConfig };
    return signAccessToken(this.#credentials, {
      identity: this.identity,
      claims,
      ttl: nullIsWrong(this.ttl),
      allowSensitiveCredentials: this.#allowSensitiveCredentials,
    });
  }

  #add<Name extends keyof Grants>(name: Name, grant: Grants[Name]): void {
    // What is no plain object stays what it is, so that the rules refuse it by name; spread, it would look empty.
    const known = this.#grants[name];
    const added = plain(grant) ?? {};
    if (known === undefined || (isObject(known) && !isObject(added))) this.#grants[name] = added as Grants[Name];
    else if (isObject(known)) this.#grants[name] = { ...known, ...saying(added as object, known) } as Grants[Name];
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value);

/** A `null` says nothing, and takes nothing back: to lift what an earlier grant denied takes a `true`. */
const saying = (members: object, earlier: object): object =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([name, member]) => member !== undefined && (member !== null || !Object.hasOwn(earlier, name)),
    ),
  );

function setting(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name];
  } catch {
    // Deno without permission to read the environment.
    return undefined;
  }
}
