/** What an environment makes of the endpoint: its service, its store, its log. */
import { settingsOfEnvironment } from '../config.js';
import { ServiceHandle } from '../wasm/service-handle.js';
import { type HttpSettings, httpSettingsOfEnvironment, readHttpSettings } from './http-settings.js';
import { createLog, type Log } from './log.js';
import type { Store } from './store/store.js';

/** Everything that a request needs and a setting decides. Every stage of the endpoint takes it. */
export interface Endpoint {
  /** The rules and the keys, prepared. */
  readonly service: ServiceHandle;
  /** Where to tell the operator. */
  readonly log: Log;
  /** Opens the store. */
  store(): Store;
}

/** Makes the endpoint of an environment: a Worker's `env`, `process.env`, `Deno.env.toObject()`. */
export function createEndpoint(env: object, store: () => Store): Endpoint {
  return { service: new ServiceHandle(settingsOfEnvironment(env)), log: logOf(env), store };
}

const logOf = (env: object, requestId?: string): Log =>
  createLog((env as Record<string, unknown>)['LOG_LEVEL'], requestId);

/** What is made of an environment once. */
interface Prepared {
  readonly key: string;
  readonly service: ServiceHandle;
  readonly http: HttpSettings;
}

/**
 * Remembers what was made of the last environment: a running process has one. Its settings are read in every request,
 * prepared and checked anew only if they have changed.
 */
export function endpointCache() {
  let last: Prepared | undefined;
  return (env: object, store: () => Store, requestId: string): { endpoint: Endpoint; http: HttpSettings } => {
    const settings = settingsOfEnvironment(env);
    const httpSettings = httpSettingsOfEnvironment(env);
    const key = JSON.stringify([settings, httpSettings]);
    const log = logOf(env, requestId);
    if (last?.key !== key) {
      last?.service.dispose();
      last = { key, service: new ServiceHandle(settings), http: readHttpSettings(httpSettings) };
      checkConfiguration(last, log);
    }
    const { service, http } = last;
    return { endpoint: { service, log, store }, http };
  };
}

/** Says once what an operator should mend. */
function checkConfiguration({ service, http }: Prepared, log: Log): void {
  const { missing, misread, short, userTokens } = service.description;
  if (missing.length > 0) log.warn(`Missing LiveKit configuration: ${missing.join(', ')}`);
  if (!userTokens) log.error('JWT_SECRET is not set: every request is answered 401');
  for (const name of [...misread, ...http.misread])
    log.warn(`${name} is not understood: see the settings in README for what applies now`);
  for (const name of short) log.warn(`${name} is shorter than 32 bytes: it can be guessed`);
}
