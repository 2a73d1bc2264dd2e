// The Worker of `npm start`: the deployable one, and the playground.
import endpoint, { PresenceRoom } from 'livekit-edge/cloudflare';
import { playground } from './playground.mjs';

export { PresenceRoom };

/** @type {ReturnType<typeof playground> | undefined} */
let app;

export default {
  /** @param {Request} request @param {any} env @param {any} context */
  fetch(request, env, context) {
    app ??= playground(endpoint, env, JSON.parse(env.PLAYGROUND));
    return app.fetch(request, env, context);
  },
};
