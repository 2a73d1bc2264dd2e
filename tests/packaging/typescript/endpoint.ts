/** A program that uses the endpoint's entries and the stores. `types.test.ts` compiles it with the types of the DOM. */
import { Hono } from 'hono';
import worker, { type Env } from 'livekit-edge/cloudflare';
import * as deno from 'livekit-edge/deno';
import * as node from 'livekit-edge/node';
import { type Grants, livekit, RoomService, type Store, StoreFault } from 'livekit-edge/server';
import { type D1, d1Store } from 'livekit-edge/stores/d1';
import { postgresStore } from 'livekit-edge/stores/postgres';
import { sqliteStore } from 'livekit-edge/stores/sqlite';

export * as cloudflare from 'livekit-edge/cloudflare';
export * as server from 'livekit-edge/server';
export * as d1 from 'livekit-edge/stores/d1';
export * as postgres from 'livekit-edge/stores/postgres';
export * as sqlite from 'livekit-edge/stores/sqlite';
export { deno, node, worker };

/** The bindings of a Worker are defined by the application. */
export type Bindings = Env & { OTHER: string };

const app = new Hono<{ Bindings: { DB: D1 } }>();
const grants: Grants = () => ({ canPublish: false });
const stores: Store[] = [sqliteStore(':memory:'), postgresStore('postgres://localhost/app')];
app.route('/api/livekit', livekit<{ DB: D1 }>({ store: (env) => d1Store(env.DB), grants }));
for (const store of stores) app.route('/livekit', livekit({ store }));

/** Starts the endpoint on both runtimes, and removes a participant. */
export async function started(): Promise<Response> {
  const { url } = await node.serve({ env: {} });
  await deno.serve().catch((error: unknown) => {
    throw new StoreFault('the store is closed', `${url}: ${error}`);
  });
  await RoomService.fromEnv({}).removeParticipant('lobby', 'alice');
  return (await node.createApp()).fetch(new Request('http://localhost/'));
}
