/** Checks that the LiveKit servers can be reached and accept the configured keys. */
import { type Probe, probeServers } from '../../server/livekit/probe.js';
import type { Check } from './check.js';

/** Timeout of a server's response in milliseconds. */
const TIMEOUT_MS = 5000;

const REFUSED = 'it knows another key or secret, or its clock differs';

/** One check for each server. Missing keys are found by the check of the settings. */
export async function checkLivekit(env: object): Promise<Check[]> {
  return (await probeServers(env, TIMEOUT_MS)).map((probe) => {
    const message = `The LiveKit server${probe.server === '' ? '' : ` ${probe.server}`} ${sentence(probe)}`;
    const ofAccepted = probe.hasEgress === false ? 'warning' : 'ok';
    const severity = probe.result === 'accepted' ? ofAccepted : 'error';
    return { check: 'livekit', severity, message, ...(probe.server === '' ? {} : { server: probe.server }) };
  });
}

const NO_EGRESS = 'is reached and has no egress service connected: requests to record are answered 503';

function sentence({ result, detail, hasEgress }: Probe): string {
  switch (result) {
    case 'accepted':
      return hasEgress === false ? NO_EGRESS : 'is reached and accepts our token';
    case 'refused':
      return `is reached and refuses our token (${detail}): ${REFUSED}`;
    case 'timeout':
      return `cannot be reached: no answer in ${TIMEOUT_MS / 1000} seconds`;
    case 'unreachable':
      return `cannot be reached (${detail})`;
    case 'not a LiveKit server':
      return `does not answer as a LiveKit server does: check its URL (${detail})`;
    case 'no URL':
      return 'has no valid URL: set LIVEKIT_URL';
  }
}
