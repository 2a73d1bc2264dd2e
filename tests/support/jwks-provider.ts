/** An identity provider: keys of its own, tokens signed by them, and a server that lists them as a test likes. */
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as provider from '../../pkg/dist/server/identity-provider/jwks.js';
import { ALGORITHMS } from './algorithms.ts';
import { encode } from './user-token.ts';

export type { Jwks } from '../../pkg/dist/server/identity-provider/jwks.js';

type Jwks = provider.Jwks;

export type Algorithm = `${'RS' | 'PS'}${256 | 384 | 512}` | `ES${256 | 384}` | 'EdDSA';
export type JsonKey = Record<string, unknown>;

/** A key pair under an id. */
export interface Key {
  alg: Algorithm;
  kid: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  /** The public key as a JWKS lists it, with changes; `undefined` leaves a member out. */
  jwk(changes?: JsonKey): JsonKey;
  /** A token with claims, and changes to the header; `undefined` leaves a member out. */
  token(claims?: unknown, header?: JsonKey): string;
}

export const CLAIMS = { sub: 'user-456', exp: 1_900_000_000 };

const pair = (alg: Algorithm, bits: number) => {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  if (alg.startsWith('ES')) return generateKeyPairSync('ec', { namedCurve: alg === 'ES256' ? 'P-256' : 'P-384' });
  return generateKeyPairSync('rsa', { modulusLength: bits });
};

/** The signature of a text, as RFC 7518 has it. */
function signatureOf(alg: Algorithm, signed: string, key: KeyObject): Buffer {
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const padding = alg.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: -1 } : {};
  return sign(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363', ...padding });
}

export function makeKey(alg: Algorithm, kid: string, bits = 2048): Key {
  const { publicKey, privateKey } = pair(alg, bits);
  return {
    alg,
    kid,
    publicKey,
    privateKey,
    jwk: (changes = {}) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg, ...changes }),
    token(claims = CLAIMS, header = {}) {
      const signed = `${encode({ alg, kid, typ: 'JWT', ...header })}.${encode(claims)}`;
      return `${signed}.${encode(signatureOf(alg, signed, privateKey))}`;
    },
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on a free port of this machine that answers as it is told. */
export async function startProvider() {
  let handler: Handler = (_, response) => response.writeHead(404).end();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    response.on('error', () => {});
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const send = (body: string | Uint8Array, status = 200, headers: Record<string, string> = {}): void => {
    handler = (_, response) => response.writeHead(status, headers).end(body);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    /** How often it was asked. */
    get requests() {
      return requests;
    },
    send,
    list: (...keys: unknown[]): void => send(JSON.stringify({ keys })),
    handle(next: Handler): void {
      handler = next;
    },
    stop: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

export type Provider = Awaited<ReturnType<typeof startProvider>>;

/** What a LivekitException for `assert.rejects` looks like. */
export const refused = (reason: string) => ({
  name: 'LivekitException',
  status: 401,
  code: 'unauthorized',
  message: 'Unauthorized',
  reason,
});

export const unavailable = (reason: string) => ({
  name: 'LivekitException',
  status: 503,
  code: 'identity_provider_unavailable',
  message: 'Service Unavailable',
  reason,
});

/** Fields of an error that has no details. */
export const NO_DETAILS = { violations: [], path: undefined, error: undefined, until: undefined };

/** With the algorithms that count where the setting is unset, unless told otherwise. */
export const createJwks = (url: string, options: Partial<provider.JwksOptions> = {}): Jwks =>
  provider.createJwks(url, { algorithms: ALGORITHMS.slice(0, 3), ...options });

/** A cache that knows these keys alone, and whose provider is not on any network. */
export const jwksOf = (...keys: JsonKey[]): Jwks =>
  createJwks('https://login.example.com', { fetch: async () => Response.json({ keys }) });

/** That a token is refused without a word of it, and that the next good one is let in. */
export async function assertUnauthorized(jwks: Jwks, token: string, reason: string, good: string): Promise<void> {
  await assert.rejects(jwks.verify(token), (error: Error & { body?: unknown }) => {
    assert.equal(`${error.stack}${JSON.stringify(error)}`.includes(token.slice(0, 20) || '-'), false);
    assert.deepEqual(error.body, { statusCode: 401, message: 'Unauthorized' });
    const { name, message } = error;
    assert.deepEqual({ ...error, name, message }, { ...refused(reason), ...NO_DETAILS });
    return true;
  });
  assert.equal(await jwks.verify(good), JSON.stringify(CLAIMS));
}
