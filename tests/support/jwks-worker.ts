/** A Worker that checks user tokens by a provider's keys, and whose clock a request may set. */
import { createJwks, type Jwks } from '../../pkg/dist/server/identity-provider/jwks.js';
import { ALGORITHMS } from './algorithms.ts';

const known = new Map<string, Jwks>();
/** Milliseconds ahead of the real clock. */
let ahead = 0;

interface Refusal {
  status?: number;
  reason?: string;
}

export default {
  /**
   * `POST /?jwks=…&ahead=…` with a token: its payload, or the status and the reason of the refusal. With `leave`, the
   * request ends after so many milliseconds, as one does whose client goes away: Workers then drop what it waits for.
   */
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const address = searchParams.get('jwks') ?? '';
    ahead = Number(searchParams.get('ahead'));
    const jwks = known.get(address) ?? createJwks(address, { algorithms: ALGORITHMS, now: () => Date.now() + ahead });
    known.set(address, jwks);
    const leave = searchParams.get('leave');
    if (leave !== null) {
      jwks.verify(await request.text()).catch(() => {});
      await new Promise((wake) => setTimeout(wake, Number(leave)));
      return new Response('left');
    }
    try {
      return new Response(await jwks.verify(await request.text()));
    } catch (error) {
      const { status = 599, reason = String(error) } = error as Refusal;
      return new Response(reason, { status });
    }
  },
};
