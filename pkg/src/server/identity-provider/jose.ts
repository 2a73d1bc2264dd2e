/** The parts of jose that are used: a bundle contains no others. Only an identity provider needs them. */
export { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
