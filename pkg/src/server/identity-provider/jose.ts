/** The used functions of jose, so that a bundle contains no others. They are only loaded for an identity provider. */
export { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
