/** A Worker that calls the endpoint without its bindings. */
import { livekit } from 'livekit-edge/server';

const app = livekit({ authenticate: () => ({ userId: 'alice' }), authorize: () => null });

export default {
  async fetch({ url }: Request): Promise<Response> {
    const path = new URL(url).pathname;
    return app.request(path, path === '/token' ? { method: 'POST', body: '{"roomId":"lobby"}' } : {});
  },
};
