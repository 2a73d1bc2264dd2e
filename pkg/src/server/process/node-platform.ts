/** The platform of a process on Node. */
import type { HttpBindings } from '@hono/node-server';
import { listen } from './node-http.js';
import type { Platform } from './process.js';

export const nodePlatform: Platform = {
  env: () => process.env,
  clientAddress: (context) => (context.env as HttpBindings).incoming.socket.remoteAddress,
  listen,
  every(milliseconds, work) {
    const timer = setInterval(work, milliseconds).unref();
    return () => clearInterval(timer);
  },
  onStop(stop) {
    // `on`, not `once`: Ctrl-C under npm sends two signals, and the second must not end the process before it has
    // finished.
    process.on('SIGTERM', stop).on('SIGINT', stop);
  },
  exit: (code) => process.exit(code),
};
