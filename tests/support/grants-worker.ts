/** The endpoint with a table of grants that a request's header chooses, as a Worker. */
import { Hono } from 'hono';
import { livekit } from 'livekit-edge/server';
import { type D1, d1Store } from 'livekit-edge/stores/d1';
import { tableOf } from './grants-table.ts';
import { changedSettings, fromHeader, TABLE_HEADER, type Table } from './headers.ts';

type Env = { DB: D1 };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    let facts: unknown;
    const grants = tableOf(fromHeader<Table>(request, TABLE_HEADER), (seen) => {
      facts = seen;
    });
    const app = new Hono<{ Bindings: Env }>();
    app.route('/api/livekit', livekit<Env>({ store: ({ DB }) => d1Store(DB), grants }));
    const response = await app.fetch(request, changedSettings(request, env));
    const answer = new Response(response.body, response);
    // What the table was asked with, for the test alone.
    if (facts !== undefined) answer.headers.set('x-test-facts', JSON.stringify(facts));
    return answer;
  },
};
