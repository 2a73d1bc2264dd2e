// The Deno process of `npm run start:deno`: the endpoint as in an application of one's own, and the playground.
import { readFileSync } from 'node:fs';
import { createApp } from 'livekit-edge/deno';
import { playground } from './playground.mjs';

const { Deno } = /** @type {any} */ (globalThis);
const settings = Deno.env.toObject();
const files = JSON.parse(readFileSync(settings.PLAYGROUND, 'utf8'));
const app = playground(await createApp(), settings, files);

Deno.serve({
  hostname: settings.HOST,
  port: Number(settings.PORT),
  handler: app.fetch,
  /** @param {{ hostname: string, port: number }} address */
  onListen: ({ hostname, port }) => console.log(JSON.stringify({ message: `Listening on http://${hostname}:${port}` })),
});
