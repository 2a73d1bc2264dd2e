/** request → who asks. */
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { createException, LivekitException } from '../exception.js';
import type { Endpoint } from './endpoint.js';
import type { Caller } from './requests.js';

/**
 * Finds the user token (`Authorization: Bearer`, else the cookie `access_token`) and checks it. A bad Bearer token is
 * not rescued by a cookie. Throws 401; 415 for a cookie on a request that a foreign page could have sent; 503 if the
 * identity provider's keys are needed and cannot be had.
 */
export async function authenticate(context: Context, endpoint: Endpoint): Promise<Caller> {
  return checked(bearerToken(context) ?? cookieToken(context) ?? '', endpoint);
}

/**
 * What a token says of itself chooses nothing: first it is held against the secret, if there is one, with HS256, then
 * against the identity provider's public keys, if there is one, with their algorithms.
 */
async function checked(token: string, { service, jwks }: Endpoint): Promise<Caller> {
  try {
    return service.call((rules) => rules.authenticate(token));
  } catch (error) {
    if (jwks === undefined || token === '' || !isOfAnotherKey(error)) throw error;
  }
  const payload = await jwks.verify(token);
  return service.call((rules) => rules.authenticateClaims(payload));
}

/** Reasons for which the identity provider may have signed the token. */
const OTHER_KEY: readonly unknown[] = ['signature', 'algorithm', 'not_configured'];

const isOfAnotherKey = (error: unknown): boolean =>
  error instanceof LivekitException && OTHER_KEY.includes(error.reason);

/** That of HTTP around a field's value (RFC 9110 section 5.6.3), and no other: JavaScript's includes U+00A0. */
const WHITE_SPACE = /^[ \t]+/;

function bearerToken(context: Context): string | undefined {
  const header = context.req.header('Authorization') ?? '';
  return /^bearer(?:[ \t]|$)/i.test(header) ? header.slice('bearer'.length).replace(WHITE_SPACE, '') : undefined;
}

/** Browsers send cookies along with a form of any page, but ask first before they send JSON across origins. */
function cookieToken(context: Context): string | undefined {
  const token = getCookie(context, 'access_token');
  if (token !== undefined && context.req.method === 'POST' && !isJson(context)) {
    throw createException('unsupported_media_type', 'Unsupported Media Type');
  }
  return token;
}

const isJson = (context: Context): boolean =>
  /^application\/json\s*(;|$)/i.test(context.req.header('Content-Type') ?? '');
