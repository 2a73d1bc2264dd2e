// `npm run livekit`: runs LiveKit's own server to play with, until Ctrl-C.
import { startLivekit } from '../tests/support/livekit.mjs';
import { main } from './lib/problem.mjs';
import { step } from './lib/step.mjs';
import { livekitServer } from './machine/livekit-server.mjs';
import { freePort, portFrom } from './serve/port.mjs';
import { setup } from './setup.mjs';

const PARENT_CHECK_MS = 500;
/** Where clients and SDKs expect a server in development mode. */
const PORT = 7880;

await main(async () => {
  // The port that `npm start` takes with the same environment.
  const webhookUrl = `http://127.0.0.1:${portFrom(process.env.PORT)}/api/livekit/webhook`;
  await freePort(PORT, 'stop what is using it');
  await setup();
  await step("LiveKit's server, built with Go the first time, in about three minutes", async () => {
    return (await livekitServer()).path ?? 'missing';
  });
  const onLog = (/** @type {string} */ text) => process.stderr.write(text);
  const { url, apiKey, apiSecret, stop } = await startLivekit({ port: PORT, webhookUrl, onLog });
  console.log(`
LiveKit's server listens on ${url}, for this machine only: LIVEKIT_URL=${url} LIVEKIT_API_KEY=${apiKey} LIVEKIT_API_SECRET=${apiSecret}
It sends its webhooks to ${webhookUrl}. Stop with Ctrl-C.`);
  const parent = process.ppid;
  await new Promise((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    // Killing npm kills the shell that npm started, which passes no signal on.
    setInterval(() => process.ppid !== parent && resolve(undefined), PARENT_CHECK_MS);
  });
  await stop();
  process.exit();
});
