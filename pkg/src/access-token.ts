/** Builds and signs access tokens, with the API of LiveKit's SDK. */
import { type ApiCredentials, credentialsOrSettings, readArgument, readOptions, rejectNull } from './arguments.js';
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
import { withSigner } from './signer.js';
import { buildJsonText, type Copied, copied } from './snapshot.js';
import { utf8 } from './utf8.js';

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
  /** Allows credentials of storage and streams in `roomConfig`, although the holder of the token can read them. */
  allowSensitiveCredentials?: boolean;
}

/** Six hours, as in LiveKit's SDKs; `DEFAULT_ACCESS_TOKEN_TTL` in Rust. */
const DEFAULT_TTL = '6h';

/** Grants that are added by a method, such as `addGrant`. */
type Grants = Pick<
  ClaimGrants,
  'video' | 'sip' | 'agent' | 'agentEndpoint' | 'agentThread' | 'inference' | 'observability'
>;

/** Depth of the claims in the JSON that is passed to the module: `{ claims: { … } }`. */
const CLAIMS_DEPTH = 1;

/** Private values of a token. */
interface Hidden extends ApiCredentials {
  readonly allowSensitiveCredentials: boolean;
  /** A copy of the grants. */
  grants: Copied<Grants>;
}

/**
 * Builds and signs an access token.
 *
 * @example
 * ```ts
 * import { AccessToken } from 'livekit-edge';
 *
 * const token = new AccessToken('devkey', 'secret', { identity: 'user-456', name: 'Alice', ttl: '10m' });
 * token.addGrant({ roomJoin: true, room: 'channel-abc123', canPublish: false });
 * const jwt: string = token.toJwtSync();
 * ```
 */
export class AccessToken {
  /**
   * Returns the private values. A closure, because `#private` fields do not work behind a `Proxy` (MobX, Vue), and
   * because printing the object must not show the secret.
   */
  private readonly hidden: () => Hidden;

  /** Identity of the participant, at most 256 bytes; required to join. */
  identity?: string | undefined;
  /** TTL: seconds, or a duration such as `10m`. */
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
  /** Configuration that LiveKit creates the room with, if the holder is the first to join. */
  roomConfig?: RoomConfigurationInit | undefined;

  /**
   * @param apiKey - the default is `LIVEKIT_API_KEY` of the environment
   * @param apiSecret - the default is `LIVEKIT_API_SECRET` of the environment
   * @throws {@link LivekitException} if either is missing, blank or not a string
   */
  constructor(apiKey?: string, apiSecret?: string, options?: AccessTokenOptions | null) {
    const credentials = credentialsOrSettings(apiKey, apiSecret);
    const { identity, ttl, name, metadata, attributes, allowSensitiveCredentials } = readTokenOptions(options);
    const hidden: Hidden = {
      apiKey: credentials.apiKey,
      apiSecret: credentials.apiSecret,
      allowSensitiveCredentials: allowSensitiveCredentials === true,
      grants: { value: {}, length: 0 },
    };
    this.hidden = () => hidden;
    this.identity = identity;
    this.ttl = ttl === undefined ? DEFAULT_TTL : ttl;
    this.name = name;
    this.metadata = metadata;
    this.attributes = attributes;
  }

  /** Adds permissions in rooms. Later calls replace fields of the same name. */
  addGrant(grant: VideoGrant): void {
    this.add('video', grant);
  }

  /** Adds permissions for telephony. */
  addSIPGrant(grant: SIPGrant): void {
    this.add('sip', grant);
  }

  /** Adds permissions for agents. */
  addAgentGrant(grant: AgentGrant): void {
    this.add('agent', grant);
  }

  /** Adds permissions for agent endpoints. */
  addAgentEndpointGrant(grant: AgentEndpointGrant): void {
    this.add('agentEndpoint', grant);
  }

  /** Adds permissions for agents' threads. */
  addAgentThreadGrant(grant: AgentThreadGrant): void {
    this.add('agentThread', grant);
  }

  /** Adds permissions for hosted models. */
  addInferenceGrant(grant: InferenceGrant): void {
    this.add('inference', grant);
  }

  /** Adds permissions for observability data. */
  addObservabilityGrant(grant: ObservabilityGrant): void {
    this.add('observability', grant);
  }

  /** As {@link toJwtSync}, but rejects instead of throwing. */
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
    const hidden = this.hidden();
    const { allowSensitiveCredentials, grants } = hidden;
    const text = buildJsonText((snapshot) => {
      const { identity, ttl, name, metadata, attributes, kind, kindDetails, sha256, roomPreset, roomConfig } = this;
      const copy = (value: unknown) => snapshot.of(value, CLAIMS_DEPTH + 1);
      return snapshot.object({
        identity: snapshot.of(identity, 1),
        ttl: snapshot.of(rejectNull(ttl), 1),
        claims: snapshot.object({
          ...snapshot.again(grants, CLAIMS_DEPTH),
          name: copy(name),
          metadata: copy(metadata),
          attributes: copy(attributes),
          kind: copy(kind),
          kindDetails: copy(kindDetails),
          sha256: copy(sha256),
          roomPreset: copy(roomPreset),
          roomConfig: copy(roomConfig),
        }),
      });
    });
    return withSigner(hidden, (signer) => signer.sign(utf8(text), allowSensitiveCredentials));
  }

  private add(name: keyof Grants, grant: unknown): void {
    const { value, length } = copied(grant, CLAIMS_DEPTH + 1);
    const hidden = this.hidden();
    const grants = hidden.grants;
    const added = value ?? {};
    const known: unknown = Object.hasOwn(grants.value, name) ? grants.value[name] : undefined;
    if (known === undefined) {
      hidden.grants = { value: { ...grants.value, [name]: added }, length: grants.length + length };
    } else if (isObject(known)) {
      // A value that is not a plain object is not merged, so that the rules reject it with its path.
      const merged = isObject(added) ? { ...known, ...changes(added, known) } : added;
      hidden.grants = copied({ ...grants.value, [name]: merged }, CLAIMS_DEPTH);
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && !Array.isArray(value);

/**
 * The fields that change an earlier grant. `null` does not replace an earlier value, so that it cannot undo a `false`.
 */
const changes = (fields: object, earlier: object): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== undefined && (value !== null || !Object.hasOwn(earlier, name)),
    ),
  );

const OPTIONS = ['identity', 'ttl', 'name', 'metadata', 'attributes', 'allowSensitiveCredentials'] as const;

/** Reads each option once, because a getter may return different values. */
function readTokenOptions(options: AccessTokenOptions | null | undefined): AccessTokenOptions {
  if (isPolluted()) return readOptions(options, OPTIONS);
  const object: AccessTokenOptions = Object(options);
  return readArgument(() => {
    const { identity, ttl, name, metadata, attributes, allowSensitiveCredentials } = object;
    return { identity, ttl, name, metadata, attributes, allowSensitiveCredentials } as AccessTokenOptions;
  });
}

/**
 * True if `Object.prototype` has a property with the name of an option. Constant names make issuing a token 5% faster.
 */
const isPolluted = (): boolean =>
  'identity' in Object.prototype ||
  'ttl' in Object.prototype ||
  'name' in Object.prototype ||
  'metadata' in Object.prototype ||
  'attributes' in Object.prototype ||
  'allowSensitiveCredentials' in Object.prototype;
