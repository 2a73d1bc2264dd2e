/** Failover between regions of LiveKit Cloud, as in LiveKit's SDK. */
import { readText } from '../read-stream.js';
import type { Connection } from './client-options.js';
import { type Answer, apiUrl, type Send } from './twirp.js';

/** Maximum number of requests for one call. */
const MAX_REQUESTS = 3;
/** Milliseconds between the first two requests; twice as long before the third. */
const BACKOFF_MS = 200;
/** Minimum timeout in milliseconds for failover. With a shorter one, many clients could retry at the same moment. */
const MIN_TIMEOUT_MS = 5000;
const REGIONS_TIMEOUT_MS = 2000;
const MAX_REGIONS_BYTES = 64 * 1024;

/**
 * True for a URL of LiveKit Cloud. A token is only sent to a host that another host named if both are of LiveKit Cloud.
 */
const isCloud = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && hostname.endsWith('.livekit.cloud');
};

/** True if a call may be sent to another region. */
export const hasFailover = ({ url, timeoutMs, failover }: Connection): boolean =>
  failover && timeoutMs >= MIN_TIMEOUT_MS && isCloud(url);

/**
 * Calls `request` with the URL of a region, and after an error or a status of 500 or more with that of the next region.
 */
export async function withFailover(
  connection: Connection,
  send: Send,
  token: string,
  request: (url: string) => Promise<Answer>,
): Promise<Answer> {
  const urls = [connection.url];
  for (let at = 0; ; at++) {
    const url = urls[at] ?? connection.url;
    const outcome: { answer: Answer } | { error: unknown } = await request(url).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const isFailure = 'error' in outcome || outcome.answer.status >= 500;
    if (isFailure && at === 0 && hasFailover(connection)) urls.push(...(await otherRegions(url, send, token)));
    if (!isFailure || at + 1 >= Math.min(urls.length, MAX_REQUESTS)) {
      if ('error' in outcome) throw outcome.error;
      return outcome.answer;
    }
    await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS * 2 ** at));
  }
}

/** Fetches the URLs of the other regions, in the order of preference; an empty array if that fails. */
async function otherRegions(url: string, send: Send, token: string): Promise<string[]> {
  try {
    const response = await send(`${new URL(url).origin}/settings/regions`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(REGIONS_TIMEOUT_MS),
    });
    const { regions } = JSON.parse((await readText(response.body, MAX_REGIONS_BYTES)) ?? '');
    if (response.status !== 200 || !Array.isArray(regions)) return [];
    const urls = regions.map((region) => apiUrl(region?.url));
    return [...new Set(urls.filter((other) => other !== undefined && isCloud(other) && other !== url))] as string[];
  } catch {
    return [];
  }
}
