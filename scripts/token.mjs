// Prints an access token of a demo user (`npm run -s token user-mod`), to send requests to the endpoint as another user.
import { demoData } from './demo-data.mjs';
import { main, Problem } from './lib/problem.mjs';
import { workerSettings } from './serve/settings.mjs';
import { userToken } from './serve/user-token.mjs';

await main(async () => {
  const [, , id] = process.argv;
  const user = demoData.users.find((/** @type {{ id: string }} */ user) => user.id === id);
  if (user === undefined) {
    const ids = demoData.users.map((/** @type {{ id: string }} */ user) => user.id);
    throw new Problem(`Name one of the demo users: npm run -s token ${ids.join(' | ')}`);
  }
  console.log(userToken(user, workerSettings(process.env)));
});
