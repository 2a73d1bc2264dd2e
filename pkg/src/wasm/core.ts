/** The rules, which are in Rust, as functions. */
import type { Operations } from './instance.js';
import { decode, encode, encodeInto, inputBytes, instance, run, runOnBytes, runOnJson, runOnText } from './instance.js';

/** Settings by name, as text. */
export type Settings = Record<string, string>;

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

/** What a user token must be. Without a secret no token is right. */
export interface UserTokenRules {
  readonly secret?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** What the module says of a service. */
export interface ServiceDescription {
  /** The number that the module knows the service by. */
  readonly service: number;
  readonly missing: readonly string[];
  readonly url?: string;
  readonly jti: boolean;
  readonly shortSecret: boolean;
}

/** A request that may be granted. */
export interface GrantedRequest extends RawCreateToken {
  readonly roomId: string;
  readonly identity: string;
  readonly name?: string;
  readonly ttl?: number;
}

/** A minted token. */
export interface MintedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly jti?: string;
}

/** Reads a request body. Throws 400 if it is not a JSON object that gives each field once. */
export const readCreateToken = (body: Uint8Array): ReadCreateToken =>
  runOnBytes(body, (core) => core.read_create_token());

/** Checks a user token. Throws 401. */
export const authenticate = (token: string, rules: UserTokenRules): Caller =>
  runOnJson({ token, ...rules, now: now() }, (core) => core.authenticate());

/** Lets in a caller whom the store knows. Throws 401, or 503 for facts that are none. */
export const admit = (caller: Caller, facts: unknown): void => runOnJson({ caller, facts }, (core) => core.admit());

/** Signs an access token. Throws 400 for a claim that is refused, by its name. */
export const signAccessToken = (request: object): string =>
  decode(runOnText(JSON.stringify({ ...request, now: now() }), (core) => core.sign_access_token()));

/** Checks an access token and returns its payload, the JSON text of its claims. Throws 401. */
export const verifyAccessToken = (request: object): string =>
  decode(runOnText(JSON.stringify({ ...request, now: now() }), (core) => core.verify_access_token()));

/** Checks the token of a webhook and that it is for this body. Throws 401. */
export const verifyWebhook = (request: object, body: Uint8Array): void => {
  const json = encode(JSON.stringify({ ...request, now: now() }));
  const core = instance();
  const input = inputBytes(core, json.length + body.length);
  input.set(json);
  input.set(body, json.length);
  run(core, () => core.verify_webhook(json.length));
};

/** A service inside the module, with its key prepared. It belongs to one instance of the module. */
export class PreparedService {
  readonly description: ServiceDescription;
  readonly #core: Operations;

  constructor(settings: Settings) {
    this.#core = instance();
    this.description = runOnJson(settings, (core) => core.create_service());
  }

  /** True as long as the instance that holds the service is the running one. */
  get isAlive(): boolean {
    return this.#core === instance();
  }

  /** Forgets the service. */
  drop(): void {
    if (this.isAlive) this.#core.drop_service(this.description.service);
  }

  /** Turns a request into one that may be granted. Throws 401, 400, 403 in this order, or 503. */
  authorizeJoin(caller: Caller, request: RawCreateToken, facts: unknown): GrantedRequest {
    return runOnJson({ caller, request, facts, now: now() }, (core) => core.authorize_join(this.description.service));
  }

  /** Mints a token. Throws 500 without credentials, 400 for a request that breaks a rule. */
  generateToken(request: RawCreateToken): MintedToken {
    const core = this.#core;
    const { service, jti } = this.description;
    const room = textField(request.roomId);
    const identity = textField(request.identity);
    const name = textField(request.name);
    const ttl = request.ttl;

    const bytes = inputBytes(core, 3 * (room.text.length + identity.text.length + name.text.length) + RANDOM_BYTES);
    let end = 0;
    const write = ({ kind, text }: TextField) => {
      if (kind !== undefined) return kind;
      const written = encodeInto(text, bytes.subarray(end));
      end += written;
      return written;
    };
    const roomLength = write(room);
    const identityLength = write(identity);
    const nameLength = write(name);
    if (jti) crypto.getRandomValues(bytes.subarray(end, end + RANDOM_BYTES));

    const output = run(core, () =>
      core.generate_token(
        service,
        roomLength,
        identityLength,
        nameLength,
        typeof ttl === 'number' ? NUMBER : kindOf(ttl),
        typeof ttl === 'number' ? ttl : 0,
        Number(jti),
        now(),
      ),
    );
    const expiresAt = new DataView(output.buffer, output.byteOffset).getFloat64(0, true);
    const text = decode(output.subarray(8));
    return jti
      ? { token: text.slice(JTI_CHARACTERS), expiresAt, jti: text.slice(0, JTI_CHARACTERS) }
      : { token: text, expiresAt };
  }
}

const RANDOM_BYTES = 16;
const JTI_CHARACTERS = 22;

/** What a field is when it is not text; the codes of `Field::from_code` in `wasm/src/operations.rs`. */
const ABSENT = -1;
const ILL_FORMED = -2;
const NUMBER = -3;
const OTHER = -4;

/** Longer than every limit of the rules, so that cutting here changes no answer and spares the memory. */
const LONGEST_TEXT = 1024;

interface TextField {
  readonly kind?: number;
  readonly text: string;
}

function textField(value: unknown): TextField {
  if (typeof value !== 'string') return { kind: kindOf(value), text: '' };
  if (value.length > LONGEST_TEXT) return { text: value.slice(0, LONGEST_TEXT).toWellFormed() };
  return value.isWellFormed() ? { text: value } : { kind: ILL_FORMED, text: '' };
}

const kindOf = (value: unknown): number => (value === undefined || value === null ? ABSENT : OTHER);

/** Unix seconds. */
const now = (): number => Math.floor(Date.now() / 1000);
