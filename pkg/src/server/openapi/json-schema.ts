/** Parts of schemas that several files use. */

/** Control and invisible characters as in `src/names.rs`, up to U+FFFF. */
const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069`;
const INVISIBLE = String.raw`\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8`;
const SPACE = String.raw` \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`;
const IN_ID = `[^${CONTROL}${INVISIBLE}]`;
const VISIBLE = `[^${CONTROL}${INVISIBLE}${SPACE}]`;

/** An id: no invisible characters, and no leading or trailing white space. */
export const ID = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  pattern: `^${VISIBLE}(${IN_ID}*${VISIBLE})?$`,
} as const;
export const NAME = { type: 'string', maxLength: 256, pattern: `^[^${CONTROL}]*$` } as const;
export const orNull = <T extends { type: string }>(schema: T) => ({ ...schema, type: [schema.type, 'null'] });
/** Maximum of `LIVEKIT_MAX_TTL` in seconds. */
export const LONGEST_TTL = 2 ** 32 - 1;
export const TIME = { type: 'string', format: 'date-time' } as const;

export const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

export const TEXT_OR_NULL = { type: ['string', 'null'] };
