// The secret as what Web Crypto works with, imported once: the quickest way to use the libraries built on it.
import { API_SECRET } from './claims.mjs';

export const importKey = () =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(API_SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
