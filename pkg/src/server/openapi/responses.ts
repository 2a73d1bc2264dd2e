/** Responses and parameters that several paths have. */
import type { DocumentOptions, SCHEMAS } from './schemas.js';

/** The name of a schema. */
export type SchemaName = keyof typeof SCHEMAS;

const json = (name: SchemaName) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
/** A response with a JSON body. */
export const response = (description: string, name: SchemaName) => ({ description, content: json(name) });
/** A request body. */
export const request = (name: SchemaName, required = true) => ({ required, content: json(name) });

/** 400. */
export const BAD_REQUEST = response('The body is not JSON, or a field is invalid.', 'BadRequest');
/** 403. */
export const FORBIDDEN = response('The caller lacks the permission.', 'Forbidden');
/** 413. */
export const TOO_LARGE = response('The body is too large.', 'TooLarge');
/** 408. */
export const BODY_TIMEOUT = response('The body did not arrive within 10 seconds.', 'RequestTimeout');
/** 415. */
export const UNSUPPORTED = response('Authenticated by cookie, and not application/json.', 'UnsupportedMediaType');
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
/** 429. */
export const TOO_MANY = {
  ...response('Too many requests, by address or user.', 'TooManyRequests'),
  headers: RETRY_AFTER,
};
/** 503. */
export const UNAVAILABLE = response(
  'The database, the identity provider or a function of the application did not answer.',
  'Unavailable',
);

/** An error of a function of the application, with a status of its own. */
export const OTHER = { default: response('What a function of the application throws.', 'OtherError') };

/** Responses of every route that authenticates. */
export const ofUsers = ({ ownAuthenticate }: DocumentOptions) => ({
  401: ownAuthenticate
    ? response('The application does not know the caller.', 'Unauthorized')
    : response('No valid user token, or of a user who is unknown or banned.', 'Unauthorized'),
  429: TOO_MANY,
  503: UNAVAILABLE,
  ...(ownAuthenticate ? OTHER : {}),
});

/** Responses of every route with a body of a user. */
export const ofBodies = (options: DocumentOptions) => ({
  ...ofUsers(options),
  400: BAD_REQUEST,
  403: FORBIDDEN,
  408: BODY_TIMEOUT,
  413: TOO_LARGE,
  ...(options.ownAuthenticate ? {} : { 415: UNSUPPORTED }),
});

/** The channel in a path. */
export const CHANNEL_ID = {
  name: 'channelId',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1 },
};
