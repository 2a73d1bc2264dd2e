/** What an environment makes of the endpoint: its service, its store, its log. */
import { configOf, settingsOf } from '../config.js';
import { LivekitService } from '../service.js';
import type { UserTokenRules } from '../wasm/core.js';
import { createLog, type Log } from './log.js';
import type { Store } from './store/store.js';

/** Bytes below which a secret deserves a warning (RFC 7518 section 3.2). */
const RECOMMENDED_SECRET_BYTES = 32;

/** Everything that a request needs and a setting decides. */
export interface Endpoint {
  readonly service: LivekitService;
  readonly userTokens: UserTokenRules;
  readonly log: Log;
  /** The store, opened for this request. */
  store(): Store;
}

/** The service of the last environment seen; the environment of a running process hardly ever changes. */
let last: { key: string; service: LivekitService } | undefined;

/** Reads the settings of a request's environment; prepares and checks them anew only if they have changed. */
export function endpointFor(settings: Record<string, unknown>, store: () => Store): Endpoint {
  const userTokens = {
    secret: text(settings['JWT_SECRET']),
    issuer: text(settings['JWT_ISSUER']),
    audience: text(settings['JWT_AUDIENCE']),
  };
  const log = createLog(settings['LOG_LEVEL']);
  const key = JSON.stringify([settingsOf(configOf(settings)), userTokens.secret]);
  if (last?.key !== key) {
    last?.service.dispose();
    last = { key, service: LivekitService.fromEnv(settings) };
    checkConfiguration(last.service, userTokens, log);
  }
  return { service: last.service, userTokens, log, store };
}

/** Says once what an operator should mend. */
function checkConfiguration(service: LivekitService, userTokens: UserTokenRules, log: Log): void {
  const missing = service.missingConfiguration();
  if (missing.length > 0) log.warn(`Missing LiveKit configuration: ${missing.join(', ')}`);
  if (userTokens.secret === undefined) log.error('JWT_SECRET is not set: every request is answered 401');
  else if (new TextEncoder().encode(userTokens.secret).length < RECOMMENDED_SECRET_BYTES) warnShort('JWT_SECRET', log);
  if (service.hasShortSecret()) warnShort('LIVEKIT_API_SECRET', log);
}

const warnShort = (name: string, log: Log): void =>
  log.warn(`${name} is shorter than ${RECOMMENDED_SECRET_BYTES} bytes: it can be guessed`);

const text = (setting: unknown): string | undefined =>
  typeof setting === 'string' && setting.trim() !== '' ? setting : undefined;
