/** A service inside the module: its keys are prepared once, and anew if the module had to restart. */
import type { Caller, RawCreateToken } from './core.js';
import { now } from './core.js';
import {
  call,
  decode,
  encodeInto,
  inputBytes,
  instance,
  isRunning,
  jsonText,
  memoryBytes,
  memoryView,
  type Operations,
  outputPointer,
  refusal,
  runForText,
  runOnBytes,
  runOnJsonAndBytes,
  standingInput,
  trapped,
} from './instance.js';

/** Settings by name, as text. */
export type Settings = Record<string, string>;

/** What the module says of a service. */
export interface ServiceDescription {
  /** The number that the module knows the service by. */
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

/** A minted token. */
export interface MintedToken {
  readonly token: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly jti?: string;
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

/** A service as one instance of the module holds it. */
interface Prepared {
  readonly core: Operations;
  readonly description: ServiceDescription;
  /** Where short texts are written. */
  readonly standing: number;
}

/** Made in the first call: importing the package does nothing. Old Workers compatibility dates have no registry. */
let collected: FinalizationRegistry<Prepared> | undefined;

export class ServiceHandle {
  readonly #settings: Settings;
  #prepared: Prepared | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get description(): ServiceDescription {
    return this.#live().description;
  }

  /** Checks a user token. Throws 401. */
  authenticate(token: string): Caller {
    const { core, description } = this.#live();
    return runOnBytes(token, () => core.authenticate(description.service, now()), core);
  }

  /** Checks the claims of a user token whose signature was checked. Throws 401. */
  authenticateClaims(payload: string): Caller {
    const input = jsonText({ payload, now: now() });
    const { core, description } = this.#live();
    return runOnBytes(input, () => core.authenticate_claims(description.service), core);
  }

  /**
   * What of a route's request may be granted or done. Throws 401, 400, 403 in this order; 503 for facts that are none.
   * The caller says what the route's answer is.
   */
  authorize<T>(route: string, question: Question): T {
    const input = questionText(route, question);
    const { core, description } = this.#live();
    return runOnBytes(input, () => core.authorize(description.service), core);
  }

  /** As `authorize`, of a route that answers with a token, and mints it with the grants of the rules. Throws 500, too. */
  authorizeAndGenerate(route: string, question: Question): GrantedToken {
    const json = questionText(route, question);
    const { core, description } = this.#live();
    const operation = (_: Operations, length: number) => core.authorize_and_generate(description.service, length);
    return JSON.parse(runOnJsonAndBytes(json, randomBytes(description), operation, core));
  }

  /** Mints the token of a request that was authorised. Throws 500 without credentials and for grants that are refused. */
  generateGranted(granted: object): MintedToken {
    const json = jsonText({ granted, now: now() });
    const { core, description } = this.#live();
    const operation = (_: Operations, length: number) => core.generate_granted(description.service, length);
    return JSON.parse(runOnJsonAndBytes(json, randomBytes(description), operation, core));
  }

  /** Mints a token with which this service itself administers a room, for a minute. Throws 500 without credentials. */
  generateAdminToken(room: string): string {
    const input = jsonText({ room, now: now() });
    const { core, description } = this.#live();
    return runForText(input, () => core.generate_admin_token(description.service), core);
  }

  /** Checks the token of a webhook, before its body is there. Throws 401. */
  checkWebhook(authorization: string): void {
    const input = jsonText({ authorization, now: now() });
    const { core, description } = this.#live();
    runOnBytes(input, () => core.check_webhook(description.service), core);
  }

  /** Checks a webhook and says what it changes in who is in which room, if anything. Throws 401, 400, 500. */
  readWebhook<T>(authorization: string, body: Uint8Array): T | null {
    const json = jsonText({ authorization, now: now() });
    const { core, description } = this.#live();
    return JSON.parse(
      runOnJsonAndBytes(json, body, (core, length) => core.read_webhook(description.service, length), core),
    );
  }

  /** Mints a token. Throws 500 without credentials, 400 for a request that breaks a rule. */
  generateToken(request: RawCreateToken): MintedToken {
    const { roomId, identity, name, ttl } = request;
    const prepared = this.#live();
    const { core, description, standing } = prepared;
    const { service, jti } = description;

    // Short texts of ASCII letters, as nearly all are, go where an earlier request's went: no call asks for room.
    const memory = memoryBytes(core);
    const hasName = name !== undefined && name !== null;
    const roomEnd = writeAscii(roomId, memory, standing);
    const identityEnd = roomEnd < 0 ? roomEnd : writeAscii(identity, memory, roomEnd);
    const nameEnd = identityEnd < 0 || !hasName ? identityEnd : writeAscii(name, memory, identityEnd);
    if (nameEnd < 0) return generateFromAnyTexts(prepared, { roomId, identity, name, ttl });
    const random = jti && fillRandom(memory.subarray(nameEnd, nameEnd + RANDOM_BYTES)) ? 1 : 0;

    const isNumber = typeof ttl === 'number';
    let length: number;
    try {
      length = core.generate_token(
        service,
        roomEnd - standing,
        identityEnd - roomEnd,
        hasName ? nameEnd - identityEnd : ABSENT,
        isNumber ? NUMBER : kindOf(ttl),
        isNumber ? ttl : 0,
        random,
        nameEnd - standing + random * RANDOM_BYTES,
        now(),
      );
    } catch {
      throw trapped(core);
    }
    return mintedToken(core, length, jti);
  }

  /** Forgets the prepared keys now, rather than when the handle is collected. A later call prepares them anew. */
  dispose(): void {
    if (this.#prepared === undefined) return;
    collected?.unregister(this);
    drop(this.#prepared);
    this.#prepared = undefined;
  }

  #live(): Prepared {
    if (this.#prepared === undefined || !isRunning(this.#prepared.core)) {
      const core = instance();
      const description: ServiceDescription = runOnBytes(jsonText(this.#settings), () => core.create_service(), core);
      this.#prepared = { core, description, standing: standingInput(core) };
      if (typeof FinalizationRegistry !== 'undefined') {
        collected ??= new FinalizationRegistry(drop);
        collected.unregister(this);
        collected.register(this, this.#prepared, this);
      }
    }
    return this.#prepared;
  }
}

/** As `generateToken`, of fields that may be anything. */
function generateFromAnyTexts({ core, description }: Prepared, { roomId, identity, name, ttl }: RawCreateToken) {
  const { service, jti } = description;
  const texts = [textField(roomId), textField(identity), textField(name)] as const;
  const most = texts.reduce((bytes, { text }) => bytes + 3 * text.length, RANDOM_BYTES);
  const bytes = inputBytes(core, most) ?? new Uint8Array(most);
  let end = 0;
  const write = ({ kind, text }: TextField) => {
    if (kind !== undefined) return kind;
    const written = encodeInto(text, bytes.subarray(end));
    end += written;
    return written;
  };
  const lengths = [write(texts[0]), write(texts[1]), write(texts[2])] as const;
  const random = Number(jti && fillRandom(bytes.subarray(end, end + RANDOM_BYTES)));
  const [ttlKind, seconds] = typeof ttl === 'number' ? [NUMBER, ttl] : [kindOf(ttl), 0];
  const mint = () => core.generate_token(service, ...lengths, ttlKind, seconds, random, 0, now());
  return mintedToken(core, call(core, mint), jti);
}

/** The result of `generate_token`. */
function mintedToken(core: Operations, length: number, jti: boolean): MintedToken {
  if (length < 0) throw refusal(core, length);
  const pointer = outputPointer(core);
  const expiresAt = memoryView(core).getFloat64(pointer, true);
  const text = decode(memoryBytes(core).subarray(pointer + 8, pointer + length));
  return jti
    ? { token: text.slice(0, -JTI_CHARACTERS), expiresAt, jti: text.slice(-JTI_CHARACTERS) }
    : { token: text, expiresAt };
}

/** Writes a short text of ASCII characters and returns where it ends; -1 for anything else. */
function writeAscii(text: unknown, memory: Uint8Array, start: number): number {
  if (typeof text !== 'string' || text.length > SHORT_TEXT) return -1;
  let all = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    all |= code;
    memory[start + at] = code;
  }
  return all < 128 ? start + text.length : -1;
}

function drop({ core, description }: Prepared): void {
  if (isRunning(core)) call(core, () => core.drop_service(description.service));
}

/** What a `jti` is made of, where one is wanted and the runtime has random bytes. */
function randomBytes({ jti }: ServiceDescription): Uint8Array {
  const random = new Uint8Array(jti ? RANDOM_BYTES : 0);
  return random.length > 0 && !fillRandom(random) ? new Uint8Array() : random;
}

/** False if the runtime has no random bytes: the rules then refuse. */
function fillRandom(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    crypto.getRandomValues(bytes);
    return true;
  } catch {
    return false;
  }
}

const RANDOM_BYTES = 16;
const JTI_CHARACTERS = 22;

/** What a field is when it is not text; the codes of `wasm/src/arguments.rs`. */
const ABSENT = -1;
const ILL_FORMED = -2;
const NUMBER = -3;
const OTHER = -4;

/** Beyond every limit of the rules (`wasm/src/lib.rs` asserts it), so that cutting here refuses nothing that they would not. */
const LONGEST_TEXT = 1024;

/** Three such texts and the random bytes fit into the standing input. */
const SHORT_TEXT = 256;

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
