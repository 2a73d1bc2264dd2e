// The dev server behind `npm start`: the Worker on a local port, with the demo data, until it is told to stop.
//
// node scripts/serve.mjs [folder for the database]
import { createServer } from 'node:net';
import { demoData } from './demo-data.mjs';
import { main, Problem } from './lib/problem.mjs';
import { portFrom, workerSettings } from './serve/settings.mjs';
import { userToken } from './serve/user-token.mjs';
import { DATA_FOLDER, startWorker } from './worker.mjs';

const HOST = '127.0.0.1';
/** The specification's own example. */
const CALLER = 'user-456';
const BODY = '{"roomId":"channel-abc123"}';

/** workerd reports a busy port only in the middle of a long message. @param {number} port */
function mustBeFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ { code }) =>
      reject(
        new Problem(
          `Port ${port} cannot be used (${code}): stop what is using it, or choose another, for example 'PORT=${port + 1} npm start'.`,
        ),
      ),
    );
    probe.listen(port, HOST, () => probe.close(resolve));
  });
}

/** The Worker's lines keep their level by going where a Worker's console goes. @param {import('./worker.mjs').WorkerLog} line */
function print({ level, message }) {
  const stream = level === 'error' || level === 'warn' ? process.stderr : process.stdout;
  stream.write(`${message}\n`);
}

/**
 * @param {string} url
 * @param {Record<string, string>} settings
 */
function welcome(url, settings) {
  const user = demoData.users.find((/** @type {{ id: string }} */ { id }) => id === CALLER);
  console.log(`
livekit-edge is serving ${url} with the demo data. Ask for a LiveKit token as ${user.displayName} (${CALLER}):

curl -s -X POST ${url}/api/livekit/token -H 'Authorization: Bearer ${userToken(user, settings)}' -H 'Content-Type: application/json' -d '${BODY}' -w '\\n'

As somebody else: npm run -s token user-stranger prints another user's token (demo-data.json has them all).
Stop with Ctrl-C.`);
}

await main(async () => {
  const port = portFrom(process.env.PORT);
  const settings = workerSettings(process.env);
  await mustBeFree(port);
  const worker = await startWorker({ port, bindings: settings, persist: process.argv[2] ?? DATA_FOLDER, log: print });
  // Miniflare itself ends its workerd on SIGINT, SIGTERM and SIGHUP, and then this process. What is left is a parent
  // that went without a word, for example killed: nobody would stop this one.
  process.once('disconnect', async () => {
    await worker.stop();
    process.exit(1);
  });
  welcome(worker.url, settings);
});
