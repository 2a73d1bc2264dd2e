/** Every algorithm that the setting JWT_ALGORITHMS may name, and the kind of key of each. */
export const ALGORITHMS = [
  { name: 'RS256', keyType: 'RSA' },
  { name: 'ES256', keyType: 'EC', curve: 'P-256' },
  { name: 'EdDSA', keyType: 'OKP', curve: 'Ed25519' },
  { name: 'RS384', keyType: 'RSA' },
  { name: 'RS512', keyType: 'RSA' },
  { name: 'PS256', keyType: 'RSA' },
  { name: 'PS384', keyType: 'RSA' },
  { name: 'PS512', keyType: 'RSA' },
  { name: 'ES384', keyType: 'EC', curve: 'P-384' },
];
