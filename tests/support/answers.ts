/** The documented bodies, and what every answer of the endpoint has in common. */
import assert from 'node:assert/strict';
import type { Answer } from './endpoint.ts';

export const UNAUTHORIZED = '{"statusCode":401,"message":"Unauthorized"}';
export const REVOKED = '{"statusCode":401,"message":"Token has been revoked","error":"Unauthorized"}';
export const BANNED = '{"statusCode":401,"message":"Account has been banned","error":"Unauthorized"}';
export const FORBIDDEN = '{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}';
export const NO_RECORDING = '{"statusCode":404,"message":"Recording not found","error":"Not Found"}';
export const NO_ROOM_RUNS = '{"statusCode":404,"message":"Room not found","error":"Not Found"}';
export const RECORDED_ALREADY = '{"statusCode":409,"message":"Channel is already being recorded","error":"Conflict"}';
export const NOT_STARTED = '{"statusCode":502,"message":"Failed to start recording"}';
export const NOT_STOPPED = '{"statusCode":502,"message":"Failed to stop recording"}';
export const NO_EGRESS = '{"statusCode":503,"message":"LiveKit has no egress service connected"}';
export const RECORDING_OFF = '{"statusCode":503,"message":"Recording is not configured"}';
export const NOT_FOUND = '{"statusCode":404,"message":"Not Found"}';
export const NOT_ALLOWED = '{"statusCode":405,"message":"Method Not Allowed"}';
export const LATE = '{"statusCode":408,"message":"Request Timeout"}';
export const TOO_LARGE = '{"statusCode":413,"message":"request entity too large"}';
export const UNSUPPORTED = '{"statusCode":415,"message":"Unsupported Media Type"}';
export const TOO_MANY = '{"statusCode":429,"message":"Too Many Requests"}';
export const NO_PARTICIPANT = '{"statusCode":404,"message":"Participant not found","error":"Not Found"}';
export const NO_UNMUTE =
  '{"statusCode":409,"message":"LiveKit does not allow to unmute a participant","error":"Conflict"}';
export const NOT_MUTED = '{"statusCode":502,"message":"Failed to mute participant"}';
export const NOT_CREATED = '{"statusCode":502,"message":"Failed to create room"}';
export const LIVEKIT_SLOW = '{"statusCode":504,"message":"LiveKit did not answer in time"}';
export const NOT_CONFIGURED = '{"statusCode":500,"message":"LiveKit credentials not configured"}';
export const UNKNOWN_SERVER = '{"statusCode":500,"message":"LiveKit server not configured"}';
export const INVALID_URL = '{"statusCode":500,"message":"LiveKit URL invalid"}';
export const NOT_GENERATED = '{"statusCode":500,"message":"Failed to generate token"}';
export const UNAVAILABLE = '{"statusCode":503,"message":"Service Unavailable"}';

export const NOT_JSON = badRequest('Request body is not valid JSON');
export const NOT_OBJECT = badRequest('Request body must be a JSON object');
export const TWICE = badRequest('Request body must not give a field twice');
export const INCOMPLETE = badRequest('Request body is not complete');
export const TOO_COMPLEX = badRequest('Request body is nested too deeply or has too many fields');

/** The body of a 400: one text, or every broken rule. */
export function badRequest(message: string | readonly string[]): string {
  return JSON.stringify({ statusCode: 400, message, error: 'Bad Request' });
}

/** `roomId` missing. */
export const NO_ROOM = badRequest(['roomId should not be empty', 'roomId must be a string']);

const ERRORS = [
  UNAUTHORIZED,
  REVOKED,
  BANNED,
  FORBIDDEN,
  TOO_LARGE,
  UNSUPPORTED,
  NOT_JSON,
  NOT_OBJECT,
  TWICE,
  TOO_COMPLEX,
];

/** An error is one of the documented ones, word for word, or a list of broken rules in the order of the fields. */
export function assertDocumented(answer: Answer, what?: string): void {
  if (ERRORS.includes(answer.text)) {
    assertError(answer, answer.text, what);
    return;
  }
  const { message } = JSON.parse(answer.text);
  assert.ok(Array.isArray(message) && message.length > 0, what);
  const places = message.map((rule) => RULES.indexOf(rule));
  assert.deepEqual(
    places.filter((place, at) => place > (places[at - 1] ?? -1)),
    places,
    `${what}: ${message}`,
  );
  assertError(answer, badRequest(message), what);
}

/** Every rule of a request, in the order in which broken ones are told. */
const RULES = [
  'identity should not be empty',
  'identity must be a string',
  'identity must not be longer than 256 bytes',
  'identity must not contain control characters',
  'roomId should not be empty',
  'roomId must be a string',
  'roomId must not be longer than 256 bytes',
  'roomId must not contain control characters',
  'name must be a string',
  'name must not be longer than 256 bytes',
  'name must not contain control characters',
  'ttl must not be less than 1',
  'ttl must not be greater than 86400',
  'ttl must be a number conforming to the specified constraints',
];

/** An error, word for word; the status is the one that the body says. */
export function assertError(answer: Answer, text: string, what?: string): void {
  assert.equal(answer.text, text, what);
  assertCommon(answer, JSON.parse(text).statusCode, what);
  assert.equal(answer.headers.get('www-authenticate'), answer.status === 401 ? 'Bearer' : null, what);
}

/** A success, word for word. */
export function assertAnswer(answer: Answer, status: number, text: string, what?: string): void {
  assert.equal(answer.text, text, what);
  assertCommon(answer, status, what);
}

/** A token was given; returns its answer's members. */
export function assertToken(answer: Answer, what?: string): TokenAnswer {
  assertCommon(answer, 201, what ?? answer.text);
  return JSON.parse(answer.text);
}

interface TokenAnswer {
  token: string;
  identity: string;
  roomId: string;
  url?: string;
  expiresAt: string;
}

function assertCommon({ status, headers }: Answer, expected: number, what?: string): void {
  assert.equal(status, expected, what);
  assert.match(headers.get('content-type') ?? '', /^application\/json(; ?charset=utf-8)?$/i, what);
  assert.equal(headers.get('cache-control'), 'no-store', what);
}
