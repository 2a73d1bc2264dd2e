// Peers whose types are not looked at, since a check has to work where they are not installed.

declare module 'autocannon' {
  interface Running {
    on(
      event: 'response',
      listener: (client: object, status: number, bytes: number, milliseconds: number) => void,
    ): void;
    on(event: 'reqError', listener: (error: Error) => void): void;
  }
  export default function autocannon(options: object, done: (error: Error | null, result: object) => void): Running;
}

declare module 'jsonwebtoken' {
  const jsonwebtoken: {
    sign(claims: object, key: object, options: object): string;
    verify(token: string, key: object, options: object): object;
  };
  export default jsonwebtoken;
}

declare module 'fast-jwt' {
  export function createSigner(options: object): (claims: object) => string;
  export function createVerifier(options: object): (token: string) => object;
}

declare module '@tsndr/cloudflare-worker-jwt' {
  const jwt: {
    sign(claims: object, key: CryptoKey, algorithm: string): Promise<string>;
    verify(token: string, key: CryptoKey, options: object): Promise<{ payload: { iss?: string } } | undefined>;
  };
  export default jwt;
}
