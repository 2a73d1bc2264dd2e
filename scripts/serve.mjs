// The dev server behind `npm start`: the endpoint with the demo data, and the playground, until it is told to stop.
//
// node scripts/serve.mjs [workerd | node | deno] [folder for the database]
import { demoUser } from './demo-data.mjs';
import { dataFolder } from './lib/paths.mjs';
import { main, Problem } from './lib/problem.mjs';
import { platforms } from './serve/platforms.mjs';
import { checkedPort } from './serve/port.mjs';
import { workerSettings } from './serve/settings.mjs';
import { userToken } from './serve/user-token.mjs';

/** The specification's own example. */
const CALLER = 'user-456';
const BODY = '{"roomId":"channel-abc123"}';

await main(async () => {
  const [, , chosen = 'workerd', folder = dataFolder] = process.argv;
  const platform = platforms[chosen];
  if (platform === undefined) throw new Problem(`Name a platform: ${Object.keys(platforms).join(', ')}.`);
  const port = await checkedPort(process.env, chosen);
  const settings = workerSettings(process.env);
  const server = await platform.start({ port, settings, folder });
  // A server that ends by itself has said why.
  server.ended?.then((code) => process.exit(code));
  // SIGINT, SIGTERM and SIGHUP end the server and this process. The other case is a parent that was killed:
  process.once('disconnect', async () => {
    await server.stop();
    process.exit(1);
  });
  const user = demoUser(CALLER);
  console.log(`
livekit-edge is serving ${server.url} on ${platform.name}, with the demo data. Open it in a browser to see a token made, explained and
used, or ask for a LiveKit token as ${user.displayName} (${CALLER}):

curl -s -X POST ${server.url}/api/livekit/token -H 'Authorization: Bearer ${await userToken(user, settings)}' -H 'Content-Type: application/json' -d '${BODY}' -w '\\n'

As another user: npm run -s token user-stranger prints a token of that user (demo-data.json lists them all).
Stop with Ctrl-C.`);
});
