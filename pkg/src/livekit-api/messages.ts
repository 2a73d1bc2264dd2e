/** Converts requests and responses between JSON and messages of `@livekit/protocol`. */
import { copyBytes, readOptions } from '../arguments.js';
import { createException, LivekitException } from '../exception.js';
import { invalidAnswer } from './failures.js';
import type { Json } from './twirp.js';

/** A protobuf message. */
export interface Message {
  toJson(): unknown;
}

/** The class of a protobuf message. */
interface MessageClass<T> {
  fromJson(json: never, options: { ignoreUnknownFields: boolean }): T;
}

/** Parses a message from a response. Fields and enum values of a newer server are ignored. */
export function parseMessage<T>(type: MessageClass<T>, json: Json): T {
  try {
    return type.fromJson(json as never, { ignoreUnknownFields: true });
  } catch (cause) {
    throw invalidAnswer('livekit_garbage', cause);
  }
}

/** Creates and serializes a request. An error of protobuf, which may quote an argument, becomes the `cause`. */
export function messageJson(message: () => Message): Json {
  try {
    return message().toJson() as Json;
  } catch (cause) {
    if (cause instanceof LivekitException) throw cause;
    throw createException('invalid_request', 'An argument has an invalid type', { cause });
  }
}

/** Options that may also be `undefined`. */
export type Optional<T> = { [Name in keyof T]?: T[Name] | undefined };

/**
 * Reads the named options once each, and omits undefined ones. Other fields are dropped, because a message would accept
 * them as its own.
 */
export const picked = <T extends object, Name extends keyof T & string>(
  options: T | null | undefined,
  names: readonly Name[],
): { [Key in Name]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(readOptions(options, names)).filter(([, value]) => value !== undefined)) as {
    [Key in Name]?: Exclude<T[Key], undefined>;
  };

/** Copies bytes. A string is an error, because protobuf would encode its characters as numbers. */
export function requireBytes(data: unknown): Uint8Array {
  const bytes = copyBytes(data);
  if (bytes === undefined) throw createException('invalid_request', 'data must be a Uint8Array');
  return bytes;
}
