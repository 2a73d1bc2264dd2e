// Prints a user token of a demo user (`npm run -s token user-mod`), to send requests to the endpoint as another user.
import { demoUser } from './demo-data.mjs';
import { main } from './lib/problem.mjs';
import { workerSettings } from './serve/settings.mjs';
import { userToken } from './serve/user-token.mjs';

await main(async () => console.log(await userToken(demoUser(process.argv[2]), workerSettings(process.env))));
