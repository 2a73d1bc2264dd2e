/** Responses and parameters that several paths share. */
import type { DocumentOptions, SCHEMAS } from './schemas.js';

/** The name of a schema. */
export type SchemaName = keyof typeof SCHEMAS;

const json = (name: SchemaName) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
/** Creates a response with a JSON body. */
export const response = (description: string, name: SchemaName) => ({ description, content: json(name) });
/** Creates a request body. */
export const request = (name: SchemaName, required = true) => ({ required, content: json(name) });

/** Response with status 400. */
export const BAD_REQUEST = response('The body is not JSON, or a field is invalid.', 'BadRequest');
/** Response with status 403. */
export const FORBIDDEN = response('The caller lacks the permission.', 'Forbidden');
/** Response with status 413. */
export const TOO_LARGE = response('The body is too large.', 'TooLarge');
/** Response with status 408. */
export const BODY_TIMEOUT = response('The body did not arrive within 10 seconds.', 'RequestTimeout');
/** Response with status 415. */
export const UNSUPPORTED = response(
  'The request is authenticated by cookie, and its body is not application/json.',
  'UnsupportedMediaType',
);
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
/** Response with status 429. */
export const TOO_MANY = {
  ...response('Too many requests, by address or user.', 'TooManyRequests'),
  headers: RETRY_AFTER,
};
/** Response with status 503. */
export const UNAVAILABLE = response(
  'The database, the identity provider or a function of the application did not answer.',
  'Unavailable',
);

/** Response for an error that a function of the application throws. */
export const OTHER = { default: response('An error that a function of the application throws.', 'OtherError') };

/** Returns the responses of every authenticated route. */
export const userResponses = ({ ownAuthenticate }: DocumentOptions) => ({
  401: ownAuthenticate
    ? response('The application does not know the caller.', 'Unauthorized')
    : response('The user token is missing or invalid, or the user is unknown or banned.', 'Unauthorized'),
  429: TOO_MANY,
  503: UNAVAILABLE,
  ...(ownAuthenticate ? OTHER : {}),
});

/** Returns the responses of every authenticated route with a body. */
export const bodyResponses = (options: DocumentOptions) => ({
  ...userResponses(options),
  400: BAD_REQUEST,
  403: FORBIDDEN,
  408: BODY_TIMEOUT,
  413: TOO_LARGE,
  ...(options.ownAuthenticate ? {} : { 415: UNSUPPORTED }),
});

/** The path parameter of a channel. */
export const CHANNEL_ID = {
  name: 'channelId',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1 },
};
