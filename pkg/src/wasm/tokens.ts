/** The module of tokens: minting for a request, signing any claims, checking. `wasm/src/tokens/` is the other half. */
import { loadModule } from '#wasm/tokens';
import { type Core, call, type Module } from './instance.js';

/** Its operations. */
export interface TokenOperations extends Core {
  standing_input(): number;
  create_service(): number;
  drop_service(service: number): number;
  generate_token(
    service: number,
    room: number,
    identity: number,
    name: number,
    ttlKind: number,
    ttl: number,
    random: number,
    standing: number,
    now: number,
  ): number;
  create_key(): number;
  drop_key(key: number): number;
  sign_access_token(key: number): number;
  verify_access_token(key: number): number;
  verify_short_token(key: number, length: number, tolerance: number, refuseFutureIat: number, now: number): number;
  verify_webhook(key: number, length: number): number;
}

export const TOKENS: Module<TokenOperations> = { load: loadModule };

/** How long the standing input is (`STANDING_BYTES` in `wasm/src/buffers.rs`). */
export const STANDING_BYTES = 4096;

/** Where the standing input of an instance is; it stays there. */
export const standingInput = (core: TokenOperations): number => call(core, () => core.standing_input());
