/** The module of the endpoint: who asks, what they may, and the token. `wasm/src/endpoint/` is the other half. */
import { loadModule } from '#wasm/endpoint';
import type { Core, Module } from './instance.js';

/** Its operations. */
export interface EndpointOperations extends Core {
  create_endpoint(): number;
  drop_endpoint(endpoint: number): number;
  read_create_token(): number;
  read_token_source(): number;
  read_mute_participant(): number;
  check_id(): number;
  authenticate(endpoint: number, now: number): number;
  authenticate_claims(endpoint: number): number;
  admit(): number;
  authorize(endpoint: number): number;
  authorize_and_generate(endpoint: number, length: number): number;
  generate_granted(endpoint: number, length: number): number;
  generate_admin_token(endpoint: number): number;
  check_webhook(endpoint: number): number;
  read_webhook(endpoint: number, length: number): number;
}

export const ENDPOINT: Module<EndpointOperations> = { load: loadModule };
