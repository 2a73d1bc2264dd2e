/** generateToken, LivekitService, and the checks of their configuration. */
import { at, refuses } from './calls.js';
import { checkByHand } from './tokens.js';
import { ok, same } from './values.js';

const JTI = /^[\w-]{22}$/;

const SETTINGS = {
  apiKey: 'LIVEKIT_API_KEY',
  apiSecret: 'LIVEKIT_API_SECRET',
  url: 'LIVEKIT_URL',
  tokenTtl: 'LIVEKIT_TOKEN_TTL',
  maxTtl: 'LIVEKIT_MAX_TTL',
  canUpdateOwnMetadata: 'LIVEKIT_CAN_UPDATE_OWN_METADATA',
  jti: 'LIVEKIT_TOKEN_JTI',
};

export function requestChecks({ requests }) {
  const { config, now } = requests;
  const complete = (vector) => ({
    ...vector,
    now,
    config: 'config' in vector ? vector.config : { ...config, ...vector.with },
  });
  return [
    ['granted', granted, requests.granted.map(complete)],
    ['not granted', notGranted, requests.refused.map(complete)],
    ['configuration', configuration, requests.configurations],
  ];
}

/** The same configuration as a function's argument, in a service, and in an environment. */
function ways(edge, config) {
  const given = Object(config);
  const env = Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [setting, given[name]]));
  return [
    (request) => edge.generateToken(request, config),
    (request) => new edge.LivekitService(config).generateToken(request),
    (request) => edge.LivekitService.fromEnv(env).generateToken(request),
  ];
}

async function granted(edge, { config, request, now, claims, response, jti }) {
  for (const generate of ways(edge, config)) {
    const made = await at(now, () => generate(request));
    const { token, jti: id, expiresAt, ...rest } = made;
    ok(expiresAt instanceof Date, 'expiresAt is no Date');
    same(expiresAt.getTime(), claims.exp * 1000, 'expiresAt');
    same(rest, response, 'the response');
    ok(jti ? JTI.test(id) : id === undefined, `jti is ${id}`);
    await checkByHand(token, { apiSecret: config.apiSecret, claims: { ...claims, ...(jti ? { jti: id } : {}) } });
  }
}

async function notGranted(edge, { config, request, now, refusal }) {
  for (const generate of ways(edge, config)) {
    const error = await at(now, () => refuses(edge, () => generate(request), refusal));
    if (refusal.violations?.length) same(error.body.message, refusal.violations, 'message of the body');
  }
}

function configuration(edge, { config, missing, info }) {
  same(edge.validateConfiguration(config), missing.length === 0, 'validateConfiguration');
  same(edge.missingConfiguration(config), missing, 'missingConfiguration');
  same(edge.getConnectionInfo(config), info, 'getConnectionInfo');
  const service = new edge.LivekitService(config);
  same(service.validateConfiguration(), missing.length === 0, 'validateConfiguration of a service');
  same(service.missingConfiguration(), missing, 'missingConfiguration of a service');
  service.dispose();
  same(service.getConnectionInfo(), info, 'getConnectionInfo of a service');
}
