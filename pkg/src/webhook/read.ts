/** JSON → messages. */
import { LivekitException } from '../exception.js';
import { enumNames, type Field, fieldsOf, isEnum, isMessage, type MessageName } from './fields.js';
import { WebhookMessage } from './message.js';

/** How to read JSON. */
export interface JsonReadOptions {
  /** Leave out fields and enum names that this release does not know, instead of throwing; true unless set. */
  ignoreUnknownFields?: boolean;
}

/** The error for everything that is no event. It says nothing about the body, which anybody may have sent. */
export const notAnEvent = (): LivekitException =>
  new LivekitException('webhook body is not a LiveKit event', 400, { code: 'invalid_webhook' });

/**
 * Reads JSON into a new message. Nothing that a sender can nest makes it deep: it goes only where the table of messages
 * does, and that has no cycles.
 */
export function readMessage<Target extends WebhookMessage>(
  name: MessageName,
  json: unknown,
  { ignoreUnknownFields = true }: JsonReadOptions,
  target: Target,
): Target {
  const seen = new Set<string>();
  for (const [key, value] of objectEntries(json)) {
    const field = fieldsOf(name).find(({ name, protoName }) => key === name || key === protoName);
    if (field === undefined) {
      if (!ignoreUnknownFields) throw notAnEvent();
    } else if (value !== null) {
      const property = field.oneof ?? field.name;
      // Two spellings of a field, or two members of a oneof: nobody could say which of them is meant.
      if (seen.has(property)) throw notAnEvent();
      seen.add(property);
      const read = readField(field, value, { ignoreUnknownFields });
      if (read !== undefined) {
        Object.assign(target, { [property]: field.oneof === undefined ? read : { case: field.name, value: read } });
      }
    }
  }
  return target;
}

function readField({ type, list }: Field, json: unknown, options: JsonReadOptions): unknown {
  if (!list) return readValue(type, json, options);
  if (!Array.isArray(json)) throw notAnEvent();
  return json.map((item) => readValue(type, item, options)).filter((item) => item !== undefined);
}

/** `undefined` is the name of an enum value that this release does not know. */
function readValue(type: string, json: unknown, options: JsonReadOptions): unknown {
  if (isMessage(type)) return readMessage(type, json, options, new WebhookMessage(type));
  if (isEnum(type) && typeof json === 'string') {
    const number = enumNames(type).indexOf(json);
    if (number < 0 && !options.ignoreUnknownFields) throw notAnEvent();
    return number < 0 ? undefined : number;
  }
  switch (type) {
    case 'string':
      return text(json);
    case 'bool':
      return typeof json === 'boolean' ? json : refuse();
    case 'map':
      return textMap(json);
    case 'int64':
      return bigInteger(json);
    case 'double':
      return json === 'NaN' || json === 'Infinity' || json === '-Infinity' ? Number(json) : finite(json);
    case 'uint32':
      return integer(json, 0, 0xffff_ffff);
    default:
      return integer(json, -0x8000_0000, 0x7fff_ffff);
  }
}

function refuse(): never {
  throw notAnEvent();
}

function objectEntries(json: unknown): [string, unknown][] {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : refuse();
}

const text = (json: unknown): string => (typeof json === 'string' && json.isWellFormed() ? json : refuse());

/** Keys are a sender's choice, so the map has no prototype that a key could reach or be mistaken for. */
function textMap(json: unknown): Record<string, string> {
  const map: Record<string, string> = Object.create(null);
  for (const [key, value] of objectEntries(json)) map[text(key)] = text(value);
  return map;
}

function finite(json: unknown): number {
  if (typeof json === 'string' && json !== '' && json === json.trim()) return finite(Number(json));
  return typeof json === 'number' && Number.isFinite(json) ? json : refuse();
}

function integer(json: unknown, least: number, most: number): number {
  const number = finite(json);
  return Number.isInteger(number) && number >= least && number <= most ? number : refuse();
}

/** The length comes first: reading a number of a million digits takes long. */
function bigInteger(json: unknown): bigint {
  const digits = typeof json === 'number' && Number.isInteger(json) ? BigInt(json).toString() : json;
  if (typeof digits !== 'string' || !/^-?\d{1,19}$/.test(digits)) return refuse();
  const value = BigInt(digits);
  return value === BigInt.asIntN(64, value) ? value : refuse();
}
