/** Clients that send a large body and receive the response that is sent before the body was read. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';

const BODY = Buffer.alloc(2 * 1024 * 1024, 'a');
const AT_A_TIME = 4;
/** The status of each path. */
export const EARLY_STATUS = { '/token': 413, '/webhook': 401 } as const;
type EarlyPath = keyof typeof EARLY_STATUS;

interface Sending {
  method?: string;
  isChunked: boolean;
  agent: Agent;
  headers?: Record<string, string>;
  /** 2 MiB unless set. */
  body?: Buffer;
}

/** Sends a large body and resolves with the status; rejects if the connection breaks before the response. */
export function sendLarge(url: string, path: string, options: Sending): Promise<number | undefined> {
  const { method = 'POST', isChunked, agent, headers, body = BODY } = options;
  // Node does not choose a framing for the body of a DELETE.
  const framing = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/livekit${path}`, { method, agent, headers: { ...headers, ...framing } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response
        .on('error', reject)
        .on('end', () => resolve(response.statusCode))
        .resume();
    });
    sent.end(body);
  });
}

export const connections = (keepAlive: boolean): Agent => new Agent({ keepAlive, maxSockets: AT_A_TIME });

/** Sends 2 MiB so many times, to each path, with each framing, on new and on kept connections; each client must receive the response. */
export async function assertEarlyAnswers(url: string, tries: number): Promise<void> {
  const counts: Record<string, number> = {};
  const kinds = Object.keys(EARLY_STATUS).flatMap((path) =>
    [true, false].flatMap((isChunked) =>
      [true, false].map((keepAlive) => ({ path: path as EarlyPath, isChunked, keepAlive })),
    ),
  );
  for (const { path, isChunked, keepAlive } of kinds) {
    const agent = connections(keepAlive);
    let left = tries / kinds.length;
    const client = async () => {
      while (left-- > 0) {
        const status = await sendLarge(url, path, { isChunked, agent }).catch(({ code }) => code);
        const key = status === EARLY_STATUS[path] ? 'received' : `${path} ${isChunked} ${keepAlive}: ${status}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, client));
    agent.destroy();
  }
  assert.deepEqual(counts, { received: tries });
}
