/** What the endpoint should answer to a body: slow and obvious, to hold against the quick one. */

/** A body that breaks no rule. */
export interface Request {
  roomId: string;
  identity?: string | null;
  name?: string | null;
  ttl?: number | null;
}

const MAX_TTL = 86_400;
/** Control characters, line and paragraph separators, and what turns the direction of text around. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
/** What leaves no mark; an id with it would look like another, and so it would with white space at its ends. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\u2800|^\p{White_Space}|\p{White_Space}$/u;

/** The object that a body is; `undefined` if it is no object. The last of two equal keys counts. */
export function objectOf(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const value = JSON.parse(text || '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of all rules that a request breaks, in their order. */
export function brokenRules({ identity, roomId, name, ttl }: Record<string, unknown>): string[] {
  return [
    ...(isAbsent(identity) ? [] : textRules('identity', identity)),
    ...requiredRules('roomId', roomId),
    ...(isAbsent(name) ? [] : textRules('name', name)),
    ...(isAbsent(ttl) ? [] : ttlRules(ttl)),
  ];
}

/** The same of a request of LiveKit's clients, which may set neither metadata nor attributes; names in snake_case. */
export function brokenSourceRules(request: Record<string, unknown>): string[] {
  const { room_name, participant_name, participant_identity, participant_metadata } = request;
  const { participant_attributes, room_config } = request;
  const isUnset = (value: unknown) => isAbsent(value) || value === '';
  const isEmptyObject = (value: unknown) => JSON.stringify(value) === '{}';
  const isWithoutValue = (value: unknown) => ['{}', '{"agents":[]}', '{"agents":[{}]}'].includes(JSON.stringify(value));
  const isRefused = (field: string) => [`${field} must not be set by a client`];
  return [
    ...requiredRules('room_name', room_name),
    ...(isAbsent(participant_name) ? [] : textRules('participant_name', participant_name)),
    ...(isUnset(participant_identity) ? [] : textRules('participant_identity', participant_identity)),
    ...(isUnset(participant_metadata) ? [] : isRefused('participant_metadata')),
    ...(isAbsent(participant_attributes) || isEmptyObject(participant_attributes)
      ? []
      : isObjectOfTexts(participant_attributes)
        ? isRefused('participant_attributes')
        : ['participant_attributes must be an object of strings']),
    ...(isAbsent(room_config) || isWithoutValue(room_config) ? [] : isRefused('room_config')),
  ];
}

/** The same of a request to mute. */
export const brokenMuteRules = ({ participantIdentity, mute }: Record<string, unknown>): string[] => [
  ...requiredRules('participantIdentity', participantIdentity),
  ...(typeof mute === 'boolean' ? [] : ['mute must be a boolean value']),
];

/** The same of a request to kick. */
export const brokenKickRules = ({ participantIdentity, durationSeconds }: Record<string, unknown>): string[] => [
  ...requiredRules('participantIdentity', participantIdentity),
  ...(isAbsent(durationSeconds) || isKickDuration(durationSeconds)
    ? []
    : ['durationSeconds must be an integer from 1 to 2592000']),
];

/** The same of a request to remove a participant. */
export const brokenRemoveRules = ({ participantIdentity }: Record<string, unknown>): string[] =>
  requiredRules('participantIdentity', participantIdentity);

/** The same of a request to lock a channel. */
export const brokenLockRules = ({ locked }: Record<string, unknown>): string[] =>
  typeof locked === 'boolean' ? [] : ['locked must be a boolean value'];

const isKickDuration = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2_592_000;

const isObjectOfTexts = (value: unknown): boolean =>
  typeof value === 'object' &&
  !Array.isArray(value) &&
  Object.values(value ?? {}).every((text) => typeof text === 'string');

const requiredRules = (field: string, value: unknown): string[] =>
  isAbsent(value) ? [`${field} should not be empty`, `${field} must be a string`] : textRules(field, value);

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

function textRules(field: string, value: unknown): string[] {
  if (typeof value !== 'string') return [`${field} must be a string`];
  const isName = ['name', 'participant_name'].includes(field);
  if (!isName && /^\p{White_Space}*$/u.test(value)) return [`${field} should not be empty`];
  if (Buffer.byteLength(value) > 256) return [`${field} must not be longer than 256 bytes`];
  const isForbidden = CONTROL.test(value) || (!isName && INVISIBLE.test(value));
  return isForbidden ? [`${field} must not contain control characters`] : [];
}

function ttlRules(value: unknown): string[] {
  const least = 'ttl must not be less than 1';
  if (typeof value !== 'number') return [least, 'ttl must be a number conforming to the specified constraints'];
  if (value < 1) return [least];
  return Math.floor(value) > MAX_TTL ? [`ttl must not be greater than ${MAX_TTL}`] : [];
}
