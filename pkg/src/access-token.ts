/** Claims → token, with the names of LiveKit's own SDK. */
import { type ApiCredentials, credentialsOf, nullIsWrong, readArgument, readOptions } from './arguments.js';
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
import { jsonText, snapshot } from './snapshot.js';
import { utf8 } from './utf8.js';
import { call } from './wasm/instance.js';

/** Options of {@link AccessToken}. */
export interface AccessTokenOptions {
  /** TTL: seconds, or a duration such as `10m`, `2 days`; the default is six hours. */
  ttl?: number | string;
  /** Display name of the participant. */
  name?: string;
  /** Identity of the participant, at most 256 bytes; required to join. */
  identity?: string;
  /** Free text for the application, at most 512 KiB. */
  metadata?: string;
  /** Free key-value pairs for the application, at most 64 KiB together. */
  attributes?: Record<string, string>;
  /** Allows credentials of storage and streams in `roomConfig`. The holder of the token can read them. */
  allowSensitiveCredentials?: boolean;
}

const OPTIONS = ['identity', 'ttl', 'name', 'metadata', 'attributes', 'allowSensitiveCredentials'] as const;

/** Six hours, as in LiveKit's SDKs; `DEFAULT_ACCESS_TOKEN_TTL` in Rust. */
const DEFAULT_TTL = '6h';

/** Grants with a method of their own. */
type Grants = Pick<
  ClaimGrants,
  'video' | 'sip' | 'agent' | 'agentEndpoint' | 'agentThread' | 'inference' | 'observability'
>;

/** What only the methods of a token use. */
interface Hidden extends ApiCredentials {
  readonly allowSensitiveCredentials: boolean;
  readonly grants: Grants;
}

/** Builds and signs an access token. */
export class AccessToken {
  /** A function, and not `#private`, so that methods work behind a `Proxy` (MobX, Vue); nothing that prints it shows a secret. */
  private readonly hidden: () => Hidden;

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
    const credentials = credentialsOf(apiKey ?? setting('LIVEKIT_API_KEY'), apiSecret ?? setting('LIVEKIT_API_SECRET'));
    const { identity, ttl, name, metadata, attributes, allowSensitiveCredentials } = readOptions(options, OPTIONS);
    const hidden: Hidden = {
      ...credentials,
      allowSensitiveCredentials: allowSensitiveCredentials === true,
      grants: Object.create(null),
    };
    this.hidden = () => hidden;
    this.identity = identity;
    this.ttl = ttl === undefined ? DEFAULT_TTL : ttl;
    this.name = name;
    this.metadata = metadata;
    this.attributes = attributes;
  }

  /** Adds to what the holder may do in rooms; later fields replace earlier ones of the same name. */
  addGrant(grant: VideoGrant): void {
    this.add('video', grant);
  }

  /** Adds to what the holder may do with telephony. */
  addSIPGrant(grant: SIPGrant): void {
    this.add('sip', grant);
  }

  /** Adds to what the holder may do with agents. */
  addAgentGrant(grant: AgentGrant): void {
    this.add('agent', grant);
  }

  /** Adds to which agent endpoints the holder may call. */
  addAgentEndpointGrant(grant: AgentEndpointGrant): void {
    this.add('agentEndpoint', grant);
  }

  /** Adds to what the holder may do with agents' threads. */
  addAgentThreadGrant(grant: AgentThreadGrant): void {
    this.add('agentThread', grant);
  }

  /** Adds to what the holder may do with hosted models. */
  addInferenceGrant(grant: InferenceGrant): void {
    this.add('inference', grant);
  }

  /** Adds to what the holder may do with observability data. */
  addObservabilityGrant(grant: ObservabilityGrant): void {
    this.add('observability', grant);
  }

  /** Signs the token. Rejects as {@link toJwtSync} throws. */
  async toJwt(): Promise<string> {
    return this.toJwtSync();
  }

  /**
   * Signs the token, valid from now.
   *
   * @throws {@link LivekitException} with status 400 and the claim's path for claims that a LiveKit server would reject, and
   * for credentials in the room configuration
   */
  toJwtSync(): string {
    const { apiKey, apiSecret, allowSensitiveCredentials, grants } = this.hidden();
    const token = readArgument(() => {
      const { identity, ttl, name, metadata, attributes, kind, kindDetails, sha256, roomPreset, roomConfig } = this;
      const claims = { ...grants, name, metadata, attributes, kind, kindDetails, sha256, roomPreset, roomConfig };
      return { identity, ttl: nullIsWrong(ttl), claims };
    });
    const text = jsonText(token);
    return call(({ signAccessToken }) => signAccessToken(apiKey, apiSecret, utf8(text), allowSensitiveCredentials));
  }

  private add<Name extends keyof Grants>(name: Name, grant: Grants[Name]): void {
    const added = snapshot(grant) ?? {};
    const { grants } = this.hidden();
    const known = grants[name];
    // A value that is no plain object is kept as it is, so that the rules reject it by its path.
    if (known === undefined || (isObject(known) && !isObject(added))) grants[name] = added as Grants[Name];
    else if (isObject(known)) grants[name] = { ...known, ...changes(added as object, known) } as Grants[Name];
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value);

/** The fields that change an earlier grant. `null` does not undo a denial: that takes a `true`. */
const changes = (fields: object, earlier: object): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== undefined && (value !== null || !Object.hasOwn(earlier, name)),
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
