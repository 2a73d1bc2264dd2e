/** The tables of messages and enums, made ready to look things up. */
import { ENUMS } from './enums.js';
import { MESSAGES } from './messages.js';

/** Name of a message. */
export type MessageName = keyof typeof MESSAGES;

/** Name of an enum. */
export type EnumName = keyof typeof ENUMS;

/** One field of a message. */
export interface Field {
  /** Its name in camelCase. */
  readonly name: string;
  /** Its name in snake_case, as the protocol has it. */
  readonly protoName: string;
  /** Type of its value, or of each item of a list. */
  readonly type: string;
  /** Whether it is a list. */
  readonly list: boolean;
  /** Whether "absent" is something else than "the default". */
  readonly explicit: boolean;
  /** The oneof that it is a member of. */
  readonly oneof: string | undefined;
}

const cache = new Map<MessageName, readonly Field[]>();

/** The fields of a message. */
export function fieldsOf(message: MessageName): readonly Field[] {
  let fields = cache.get(message);
  if (fields === undefined) {
    fields = Object.entries<string | Record<string, string>>(MESSAGES[message]).flatMap(([key, value]) =>
      typeof value === 'string'
        ? fieldsOfType(key, value)
        : Object.entries(value).flatMap(([type, names]) => fieldsOfType(type, names, key)),
    );
    cache.set(message, fields);
  }
  return fields;
}

/** Whether a type is a message. */
export const isMessage = (type: string): type is MessageName => Object.hasOwn(MESSAGES, type);

/** Whether a type is an enum. */
export const isEnum = (type: string): type is EnumName => Object.hasOwn(ENUMS, type);

/** The names of an enum's values, by number. */
export const enumNames = (type: EnumName): readonly (string | undefined)[] =>
  ENUMS[type].split(' ').map((name) => (name === '-' ? undefined : name));

function fieldsOfType(type: string, names: string, oneof?: string): Field[] {
  const bare = type.replace(/\W+$/, '');
  const list = type.endsWith('[]');
  const explicit = !list && (oneof !== undefined || type.endsWith('?') || isMessage(type));
  return names.split(' ').map((name) => ({ name, protoName: snakeCase(name), type: bare, list, explicit, oneof }));
}

/** A word begins with a capital and goes on in small letters; `aliOSS` is one word to the protocol. */
const snakeCase = (name: string): string => name.replace(/[A-Z](?=[a-z0-9])/g, (letter) => `_${letter.toLowerCase()}`);
