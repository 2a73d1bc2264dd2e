/** A service inside the module of tokens. */
import type { MintedToken } from '../token-response.js';
import { Handle, type Settings } from './handle.js';
import {
  asciiText,
  call,
  encodeInto,
  inputBytes,
  memoryBytes,
  memoryView,
  now,
  outputPointer,
  refusal,
  trapped,
} from './instance.js';
import { fillRandom, RANDOM_BYTES } from './random.js';
import { standingInput, TOKENS, type TokenOperations } from './tokens.js';

/** What the module says of a service. */
export interface ServiceDescription {
  /** The number that the module knows the service by. */
  readonly service: number;
  /** True if nothing is missing. */
  readonly configured: boolean;
  /** Names of the required settings that are missing. */
  readonly missing: readonly string[];
  /** Where clients connect to. */
  readonly url?: string;
  /** True if every token carries a `jti`. */
  readonly jti: boolean;
}

/** The four fields of a create-token request, each of any type. */
export interface RawCreateToken {
  roomId?: unknown;
  identity?: unknown;
  name?: unknown;
  ttl?: unknown;
}

export class ServiceHandle {
  readonly #handle: Handle<TokenOperations, ServiceDescription>;
  /** Where short texts are written, in the instance that it is of. */
  #standing = 0;
  #standingOf: TokenOperations | undefined;

  constructor(settings: Settings) {
    this.#handle = new Handle(
      settings,
      TOKENS,
      (core) => core.create_service(),
      (core, service) => core.drop_service(service),
    );
  }

  get description(): ServiceDescription {
    return this.#handle.live().description;
  }

  /** Mints a token. Throws 500 without credentials, 400 for a request that breaks a rule. */
  generateToken(request: RawCreateToken): MintedToken {
    const { roomId, identity, name, ttl } = request;
    const { core, description } = this.#handle.live();
    const standing = this.#standingInput(core);
    const { service, jti } = description;

    // Short texts of ASCII letters, as nearly all are, go where an earlier request's went: no call asks for room.
    const memory = memoryBytes(core);
    const hasName = name !== undefined && name !== null;
    const roomEnd = writeAscii(roomId, memory, standing);
    const identityEnd = roomEnd < 0 ? roomEnd : writeAscii(identity, memory, roomEnd);
    const nameEnd = identityEnd < 0 || !hasName ? identityEnd : writeAscii(name, memory, identityEnd);
    if (nameEnd < 0) {
      memory.fill(0, standing, standing + 3 * SHORT_TEXT);
      return generateFromAnyTexts(core, description, { roomId, identity, name, ttl });
    }
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
    this.#handle.dispose();
  }

  #standingInput(core: TokenOperations): number {
    if (core !== this.#standingOf) [this.#standing, this.#standingOf] = [standingInput(core), core];
    return this.#standing;
  }
}

/** As `generateToken`, of fields that may be anything. */
function generateFromAnyTexts(
  core: TokenOperations,
  { service, jti }: ServiceDescription,
  { roomId, identity, name, ttl }: RawCreateToken,
) {
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
function mintedToken(core: TokenOperations, length: number, jti: boolean): MintedToken {
  if (length < 0) throw refusal(core, length);
  const pointer = outputPointer(core);
  const expiresAt = memoryView(core).getFloat64(pointer, true);
  const text = asciiText(core, pointer + 8, pointer + length);
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

const JTI_CHARACTERS = 22;

/** What a field is when it is not text; the codes of `wasm/src/tokens/arguments.rs`. */
const ABSENT = -1;
const ILL_FORMED = -2;
const NUMBER = -3;
const OTHER = -4;

/** Beyond every limit of the rules (`wasm/src/tokens/mod.rs` asserts it), so that cutting here refuses nothing that they would not. */
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
