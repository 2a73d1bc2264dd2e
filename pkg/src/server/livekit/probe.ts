/** Probes LiveKit servers: whether they can be reached and accept the configured keys. */
import { endpointSettings } from '../../config.js';
import { type Answer, apiUrl, callTwirp } from '../../livekit-api/twirp.js';
import { isDisconnected } from '../recording/egress.js';
import { createRules } from '../rules.js';
import { withTimeout } from '../timeout.js';

/** Result for one server. */
export interface Probe {
  /** The name in `LIVEKIT_SERVERS`; empty for a single server. */
  readonly server: string;
  readonly result: 'accepted' | 'refused' | 'timeout' | 'unreachable' | 'not a LiveKit server' | 'no URL';
  /** Code of the error, or HTTP status. */
  readonly detail?: string;
  /** Whether an egress service is connected, if recording is on and the server reports it. */
  readonly hasEgress?: boolean;
}

/** The room of the token. It is not created. */
const ROOM = 'livekit-edge-doctor';

/** Lists the participants of a room on each configured server, concurrently, with a timeout in milliseconds. */
export async function probeServers(env: object, timeoutMs: number): Promise<Probe[]> {
  const rules = createRules(endpointSettings(env));
  try {
    const names = rules.call((endpoint) => endpoint.serverNames());
    return await Promise.all(
      names.map(async (server) => {
        const { url, token } = rules.call((endpoint) => endpoint.serviceAccess('administer', ROOM, server));
        const base = apiUrl(url);
        if (base === undefined) return { server, result: 'no URL' as const };
        const probed = { server, ...(await probe(base, token, timeoutMs)) };
        if (probed.result !== 'accepted' || !rules.description.recording) return probed;
        const record = rules.call((endpoint) => endpoint.serviceAccess('record', ROOM, server));
        return { ...probed, ...(await probeEgress(base, record.token, timeoutMs)) };
      }),
    );
  } finally {
    rules.dispose();
  }
}

async function probe(url: string, token: string, timeoutMs: number): Promise<Omit<Probe, 'server'>> {
  const stop = new AbortController();
  const ask = () =>
    callTwirp({ send: fetch, url, token, signal: stop.signal }, 'RoomService', 'ListParticipants', { room: ROOM }).then(
      toResult,
      errorToResult,
    );
  return withTimeout<Omit<Probe, 'server'>>(timeoutMs, ask, () => {
    stop.abort();
    return { result: 'timeout' };
  });
}

/** Lists the recordings of a room, only to find out whether an egress service is connected. */
async function probeEgress(url: string, token: string, timeoutMs: number): Promise<Pick<Probe, 'hasEgress'>> {
  const stop = new AbortController();
  const ask = () =>
    callTwirp({ send: fetch, url, token, signal: stop.signal }, 'Egress', 'ListEgress', { room_name: ROOM }).then(
      ({ status, json }) => (status === 200 ? { hasEgress: true } : isDisconnected(json) ? { hasEgress: false } : {}),
      () => ({}),
    );
  return withTimeout<Pick<Probe, 'hasEgress'>>(timeoutMs, ask, () => {
    stop.abort();
    return {};
  });
}

function toResult({ status, json }: Answer): Omit<Probe, 'server'> {
  const detail = `HTTP ${status}`;
  if (status === 200 && Array.isArray(json?.['participants'])) return { result: 'accepted' };
  if (status === 401 || status === 403) return { result: 'refused', detail };
  return { result: 'not a LiveKit server', detail };
}

/** Converts an error into a result by its code or name. Its message may contain the URL. */
function errorToResult(error: unknown): Omit<Probe, 'server'> {
  const { cause, name } = error as { cause?: { code?: unknown; name?: string; message?: string }; name?: string };
  const detail = cause?.message === 'bad port' ? 'fetch blocks its port' : String(cause?.code ?? cause?.name ?? name);
  return { result: NOT_HTTP.test(detail) ? 'not a LiveKit server' : 'unreachable', detail };
}

/** Codes, and in newer versions of Node names, of errors for a response that is not HTTP. */
const NOT_HTTP = /^HPE_|^HTTPParserError$/;
