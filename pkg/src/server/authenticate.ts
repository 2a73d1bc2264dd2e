/** Authenticates a caller by a user token: the default of `authenticate`. */
import type { Context } from 'hono';
import { parse } from 'hono/utils/cookie';
import { createException, LivekitException } from '../exception.js';
import { endpointIn } from './context.js';
import { type Prepared, preparedCache } from './endpoint.js';
import type { Caller } from './hooks.js';

/**
 * The default of `authenticate`, for functions of the application that fall back to it. It verifies user tokens by the
 * settings `JWT_*` of `env`, or of the request's environment. With the context of the request, it uses the keys that
 * the endpoint has prepared.
 *
 * The user token is in `Authorization: Bearer`, else in the cookie `access_token`. With an invalid Bearer token the
 * cookie is ignored. Returns `null` for a request without a token. Throws 401 for an invalid token; 415 for a cookie on
 * a request that a page of another site could have sent; 503 if the identity provider's keys are needed but
 * unavailable.
 */
export function userTokens(
  env?: object,
): (request: Request, requestEnv?: object, context?: Context) => Promise<Caller | null> {
  const prepared = preparedCache();
  return async (request, requestEnv = {}, context) => {
    const token = findUserToken(request);
    if (token === undefined) return null;
    return verifyUserToken(token, (env === undefined ? endpointIn(context) : undefined) ?? prepared(env ?? requestEnv));
  };
}

/** Returns the unverified user token of a request. */
export const findUserToken = (request: Request): string | undefined => bearerToken(request) ?? cookieToken(request);

/**
 * Verifies a user token: with the secrets and HS256, if configured, then with the keys and algorithms of the identity
 * provider, if configured. The settings decide that, not the token's header.
 */
export async function verifyUserToken(token: string, prepared: Prepared): Promise<Caller> {
  const { service, jwks } = prepared;
  try {
    return service.call((rules) => rules.authenticate(token));
  } catch (error) {
    if (jwks === undefined || token === '' || !isOfAnotherKey(error)) throw error;
  }
  const payload = await jwks.verify(token);
  return service.call((rules) => rules.authenticateClaims(payload));
}

/** Reasons for which a token is also verified with the keys of the identity provider. */
const OTHER_KEY: readonly unknown[] = ['signature', 'algorithm', 'not_configured'];

const isOfAnotherKey = (error: unknown): boolean =>
  error instanceof LivekitException && OTHER_KEY.includes(error.reason);

/** White space of HTTP (RFC 9110 section 5.6.3). JavaScript's `trim` would also remove U+00A0. */
const WHITE_SPACE = /^[ \t]+/;

/** Returns the token or key of `Authorization: Bearer`. */
export function bearerToken({ headers }: Request): string | undefined {
  const header = headers.get('Authorization') ?? '';
  return /^bearer(?:[ \t]|$)/i.test(header) ? header.slice('bearer'.length).replace(WHITE_SPACE, '') : undefined;
}

/**
 * Returns the token in the cookie. A POST must have a JSON body: browsers send cookies with a form of any site, but
 * send a preflight before JSON to another origin. Before a DELETE to another origin they always send a preflight.
 */
function cookieToken({ headers, method }: Request): string | undefined {
  const token = parse(headers.get('Cookie') ?? '', 'access_token')['access_token'];
  if (token !== undefined && method === 'POST' && !isJson(headers)) {
    throw createException('unsupported_media_type', 'Unsupported Media Type');
  }
  return token;
}

const isJson = (headers: Headers): boolean => /^application\/json\s*(;|$)/i.test(headers.get('Content-Type') ?? '');
