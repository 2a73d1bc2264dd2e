/** Messages → JSON. */
import { enumNames, type Field, fieldsOf, isEnum, isMessage, type MessageName } from './fields.js';
import type { JsonObject, JsonValue } from './types.js';

/** How to write JSON. */
export interface JsonWriteOptions {
  /** Write fields that have their default, too. */
  emitDefaultValues?: boolean;
  /** Write enums as numbers instead of names. */
  enumAsInteger?: boolean;
  /** Write names in snake_case. */
  useProtoFieldName?: boolean;
}

/** How to write JSON as a text. */
export interface JsonWriteStringOptions extends JsonWriteOptions {
  /** Indent by so many spaces; by default everything is on one line. */
  prettySpaces?: number;
}

/** The message as JSON: int64 as text, enums by name, what has its default left out. */
export function writeMessage(name: MessageName, message: object, options: JsonWriteOptions): JsonObject {
  const properties = new Map<string, unknown>(Object.entries(message));
  const json: JsonObject = {};
  for (const field of fieldsOf(name)) {
    const value = field.oneof === undefined ? properties.get(field.name) : member(properties.get(field.oneof), field);
    if (value === undefined || value === null) continue;
    if (!field.explicit && !options.emitDefaultValues && isDefault(value)) continue;
    const write = (item: unknown) => writeValue(field.type, item, options);
    json[options.useProtoFieldName ? field.protoName : field.name] = Array.isArray(value)
      ? value.map(write)
      : write(value);
  }
  return json;
}

function member(oneof: unknown, { name }: Field): unknown {
  const { case: present, value } = (oneof ?? {}) as { case?: unknown; value?: unknown };
  return present === name ? value : undefined;
}

/** NaN is falsy and yet no default. */
function isDefault(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return !value && !Number.isNaN(value);
}

function writeValue(type: string, value: unknown, options: JsonWriteOptions): JsonValue {
  if (isMessage(type)) return writeMessage(type, value as object, options);
  if (isEnum(type) && !options.enumAsInteger) return enumNames(type)[value as number] ?? (value as number);
  if (type === 'int64' || (type === 'double' && !Number.isFinite(value))) return String(value);
  return type === 'map' ? { ...(value as Record<string, string>) } : (value as JsonValue);
}
