// The port of the dev server. It is checked before anything is built for it, and again before it is used.
import { createServer } from 'node:net';
import { Problem } from '../lib/problem.mjs';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 8787;
const LAST_PORT = 65535;

/**
 * @param {string | undefined} text the variable PORT
 * @param {number} [defaultPort] where it is unset
 */
export function portFrom(text, defaultPort = DEFAULT_PORT) {
  if (text === undefined || text === '') return defaultPort;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= LAST_PORT) return port;
  throw new Problem(`PORT is '${text}': set it to a number from 0 (any free port) to ${LAST_PORT}.`);
}

/**
 * A port on which something can listen now. workerd reports a busy port only in the middle of a long message.
 * @param {number} port 0 for any
 * @param {string} advice what to do about another port
 * @returns {Promise<number>}
 */
export function freePort(port, advice) {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', (/** @type {NodeJS.ErrnoException} */ { code }) =>
      reject(new Problem(`Port ${port} cannot be used (${code}): ${advice}.`)),
    );
    probe.listen(port, HOST, () => {
      const { port: found } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(found));
    });
  });
}

/**
 * The port of an environment for the dev server on a platform. Rejects if it is no port, or in use.
 * @param {{ PORT?: string | undefined }} environment
 * @param {string} platform
 */
export async function checkedPort({ PORT }, platform) {
  const port = portFrom(PORT);
  const another = `PORT=${port + 1} ${npmCommand(platform)}`;
  await freePort(port, `stop what is using it, or choose another, for example '${another}'`);
  return port;
}

/** @param {string} platform */
export const npmCommand = (platform) => (platform === 'workerd' ? 'npm start' : `npm run start:${platform}`);
