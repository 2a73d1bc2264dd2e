/** What every message of a webhook can do. */
import { fieldsOf, type MessageName } from './fields.js';
import type { JsonObject } from './types.js';
import { type JsonWriteOptions, type JsonWriteStringOptions, writeMessage } from './write.js';

/** A message, with every field absent until it is read. */
export class WebhookMessage {
  readonly #name: MessageName;

  constructor(name: MessageName) {
    this.#name = name;
    for (const { name: property, type, list, explicit, oneof } of fieldsOf(name)) {
      if (oneof !== undefined) Object.assign(this, { [oneof]: { case: undefined } });
      else if (!explicit) Object.assign(this, { [property]: list ? [] : defaultOf(type) });
    }
  }

  /** The message as JSON: int64 as text, enums by name, what has its default left out. */
  toJson(options: JsonWriteOptions = {}): JsonObject {
    return writeMessage(this.#name, this, options);
  }

  /** The message as a JSON text. */
  toJsonString(options: JsonWriteStringOptions = {}): string {
    return JSON.stringify(this.toJson(options), null, options.prettySpaces);
  }

  /** What `JSON.stringify` writes, which otherwise throws on a bigint: defaults, too. */
  toJSON(): JsonObject {
    return this.toJson({ emitDefaultValues: true });
  }
}

function defaultOf(type: string): unknown {
  switch (type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int64':
      return 0n;
    case 'map':
      return Object.create(null);
    default:
      return 0;
  }
}
