// The secret as a key of Web Crypto, imported once, which is the fastest way to use libraries with Web Crypto.
import { API_SECRET } from './claims.mjs';

export const importKey = () =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(API_SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
