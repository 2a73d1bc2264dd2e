/** Requests and answers as messages of `@livekit/protocol`. */
import { copyOfBytes, readOptions } from '../arguments.js';
import { createException, LivekitException } from '../exception.js';
import { invalidAnswer } from './failures.js';
import type { Json } from './twirp.js';

/** A message. */
export interface Message {
  toJson(): unknown;
}

/** The class of a message. */
interface MessageClass<T> {
  fromJson(json: never, options: { ignoreUnknownFields: boolean }): T;
}

/** A message of an answer. Fields and enum values of a newer server are ignored. */
export function messageOf<T>(type: MessageClass<T>, json: Json): T {
  try {
    return type.fromJson(json as never, { ignoreUnknownFields: true });
  } catch (cause) {
    throw invalidAnswer('livekit_garbage', cause);
  }
}

/** The JSON of a request. What protobuf throws, which may quote an argument, is the cause. */
export function jsonOf(message: () => Message): Json {
  try {
    return message().toJson() as Json;
  } catch (cause) {
    if (cause instanceof LivekitException) throw cause;
    throw createException('invalid_request', 'An argument has an invalid type', { cause });
  }
}

/** Options that may be undefined. */
export type Optional<T> = { [Name in keyof T]?: T[Name] | undefined };

/** The named options that are not undefined, each read once. A message counts every other field as one of its own. */
export const picked = <T extends object, Name extends keyof T & string>(
  options: T | null | undefined,
  names: readonly Name[],
): { [Key in Name]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(readOptions(options, names)).filter(([, value]) => value !== undefined)) as {
    [Key in Name]?: Exclude<T[Key], undefined>;
  };

/** A copy of bytes. Protobuf would encode the characters of a string as numbers. */
export function bytesOf(data: unknown): Uint8Array {
  const bytes = copyOfBytes(data);
  if (bytes === undefined) throw createException('invalid_request', 'data must be a Uint8Array');
  return bytes;
}
