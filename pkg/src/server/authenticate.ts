/** request → caller, by a user token: the default of `authenticate`. */
import type { Context } from 'hono';
import { parse } from 'hono/utils/cookie';
import { createException, LivekitException } from '../exception.js';
import { endpointOf } from './context.js';
import { type Prepared, preparedCache } from './endpoint.js';
import type { Caller } from './hooks.js';

/**
 * The default of `authenticate`, for functions of an application's own that fall back to it: user tokens by the settings
 * `JWT_*` of `env`, or of the environment of the request. With the context of the request, what its endpoint has prepared is used.
 *
 * Finds the user token (`Authorization: Bearer`, else the cookie `access_token`) and verifies it. A request without one is
 * `null`; with an invalid Bearer token the cookie is ignored. Throws 401; 415 for a cookie on a request that a page of another
 * site could have sent; 503 if the identity provider's keys are needed and unavailable.
 */
export function userTokens(
  env?: object,
): (request: Request, requestEnv?: object, context?: Context) => Promise<Caller | null> {
  const prepared = preparedCache();
  return async (request, requestEnv = {}, context) => {
    const token = userTokenOf(request);
    if (token === undefined) return null;
    return verifyUserToken(token, (env === undefined ? endpointOf(context) : undefined) ?? prepared(env ?? requestEnv));
  };
}

/** The user token of a request, verified or not. */
export const userTokenOf = (request: Request): string | undefined => bearerToken(request) ?? cookieToken(request);

/**
 * Verifies a user token: with the secrets and HS256, if there are any, then with the keys and algorithms of the identity
 * provider, if there is one. The settings choose, and never the token's header.
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

/** Reasons after which the keys of the identity provider are tried. */
const OTHER_KEY: readonly unknown[] = ['signature', 'algorithm', 'not_configured'];

const isOfAnotherKey = (error: unknown): boolean =>
  error instanceof LivekitException && OTHER_KEY.includes(error.reason);

/** White space of HTTP (RFC 9110 section 5.6.3): that of JavaScript's `trim` includes U+00A0. */
const WHITE_SPACE = /^[ \t]+/;

/** The token or key of `Authorization: Bearer`. */
export function bearerToken({ headers }: Request): string | undefined {
  const header = headers.get('Authorization') ?? '';
  return /^bearer(?:[ \t]|$)/i.test(header) ? header.slice('bearer'.length).replace(WHITE_SPACE, '') : undefined;
}

/** Browsers send cookies with a form of any site, but a preflight before JSON to another origin. */
function cookieToken({ headers, method }: Request): string | undefined {
  const token = parse(headers.get('Cookie') ?? '', 'access_token')['access_token'];
  if (token !== undefined && method === 'POST' && !isJson(headers)) {
    throw createException('unsupported_media_type', 'Unsupported Media Type');
  }
  return token;
}

const isJson = (headers: Headers): boolean => /^application\/json\s*(;|$)/i.test(headers.get('Content-Type') ?? '');
