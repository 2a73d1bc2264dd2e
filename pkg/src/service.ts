/** The specified module in JavaScript: configuration in, tokens out. */
import { configOf, type LivekitConfig, settingsOf } from './config.js';
import { connectionInfoOf, type TokenResponse, tokenResponse } from './token-response.js';
import { ServiceHandle } from './wasm/service-handle.js';

/** Who is to join which room. */
export interface CreateTokenRequest {
  /** The room, at most 256 bytes. */
  roomId: string;
  /** Identity of the participant, at most 256 bytes. */
  identity: string;
  /** Display name, at most 256 bytes; the identity unless set. */
  name?: string | undefined;
  /** Seconds that the token lives, rounded down to whole ones. */
  ttl?: number | undefined;
}

/** Mints tokens with one configuration, whose key is prepared once. */
export class LivekitService {
  readonly #handle: ServiceHandle;

  /** Copies the configuration. A missing credential shows when a token is asked for. */
  constructor(config: LivekitConfig) {
    this.#handle = new ServiceHandle(settingsOf(config));
  }

  /** Reads the settings by name from an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
  static fromEnv(env: object): LivekitService {
    return new LivekitService(configOf(env));
  }

  /**
   * Mints a token.
   *
   * @throws {@link LivekitException} with status 500 if a credential is missing, 400 if the request breaks a rule.
   */
  generateToken(request: CreateTokenRequest): TokenResponse {
    const { roomId, identity, name, ttl } = Object(request) as CreateTokenRequest;
    return tokenResponse(
      this.#handle,
      { roomId, identity },
      this.#handle.generateToken({ roomId, identity, name, ttl }),
    );
  }

  /** Where clients connect to. */
  getConnectionInfo(): { url?: string } {
    return connectionInfoOf(this.#handle);
  }

  /** True if key, secret and URL are set. */
  validateConfiguration(): boolean {
    return this.#handle.description.configured;
  }

  /** Names of the settings that are missing, in the order key, secret, URL. */
  missingConfiguration(): string[] {
    return [...this.#handle.description.missing];
  }

  /** Forgets the prepared key now, rather than when the service is collected. A later call prepares it anew. */
  dispose(): void {
    this.#handle.dispose();
  }
}

/**
 * Mints a token with a configuration that is used once; {@link LivekitService} is faster for more.
 *
 * @throws {@link LivekitException} with status 500 if a credential is missing, 400 if the request breaks a rule.
 */
export const generateToken = (request: CreateTokenRequest, config: LivekitConfig): TokenResponse =>
  once(config, (service) => service.generateToken(request));

/** True if key, secret and URL are set. Never throws, whatever it is given. */
export function validateConfiguration(config: LivekitConfig): boolean {
  try {
    return once(config, (service) => service.validateConfiguration());
  } catch {
    return false;
  }
}

/** Names of the settings that are missing, in the order key, secret, URL. */
export const missingConfiguration = (config: LivekitConfig): string[] =>
  once(config, (service) => service.missingConfiguration());

/** Where clients connect to. */
export const getConnectionInfo = (config: LivekitConfig): { url?: string } =>
  once(config, (service) => service.getConnectionInfo());

function once<T>(config: LivekitConfig, call: (service: LivekitService) => T): T {
  const service = new LivekitService(config);
  try {
    return call(service);
  } finally {
    service.dispose();
  }
}
