/** The types of messages, derived from their table. */
import type { EnumName, MessageName } from './fields.js';
import type { WebhookMessage } from './message.js';
import type { MESSAGES } from './messages.js';

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [name: string]: JsonValue;
}

/**
 * A message with a property for each field. An absent message is `undefined`, and so is an absent `?` field; anything
 * else that is absent has the default of its type. Of a oneof, `case` names the member that is there.
 */
export type Message<Name extends MessageName> = WebhookMessage & Properties<(typeof MESSAGES)[Name]>;

type Properties<Fields> = {
  -readonly [Key in keyof Fields as Fields[Key] extends string ? Words<Fields[Key]> : Key]: Fields[Key] extends string
    ? Property<Key>
    : Oneof<Fields[Key]> | { case: undefined; value?: undefined };
};

/** `{ case: name, value }` for each member. */
type Oneof<Fields> = {
  [Type in keyof Fields]: Words<Fields[Type]> extends infer Member
    ? Member extends string
      ? { case: Member; value: Value<Type> }
      : never
    : never;
}[keyof Fields];

type Property<Type> = Type extends `${infer Item}[]`
  ? Value<Item>[]
  : Type extends `${infer Scalar}?`
    ? Value<Scalar> | undefined
    : Type extends MessageName
      ? Message<Type> | undefined
      : Value<Type>;

type Value<Type> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends EnumName
    ? number
    : Type extends MessageName
      ? Message<Type>
      : never;

interface Scalars {
  string: string;
  bool: boolean;
  int32: number;
  uint32: number;
  int64: bigint;
  double: number;
  map: Record<string, string>;
}

type Words<Text> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : Text;
