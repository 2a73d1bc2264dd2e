/** The endpoint with a table of grants that a request's header chooses, as a process. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'hono';
import { env } from 'hono/adapter';
import { tableOf } from './grants-table.ts';
import { changedSettings, fromHeader, TABLE_HEADER, type Table } from './headers.ts';
import { BOUND, boundStore, serve } from './serve.ts';

/** The request for which the table is asked. */
const requests = new AsyncLocalStorage<Context>();

await serve({
  store: await boundStore(),
  settings(context) {
    requests.enterWith(context);
    return changedSettings(context.req.raw, { ...env<Record<string, unknown>>(context), ...BOUND });
  },
  grants(facts) {
    const context = requests.getStore() as Context;
    // What the table was asked with, for the test alone.
    const table = tableOf(fromHeader<Table>(context.req.raw, TABLE_HEADER), (seen) => {
      context.header('x-test-facts', JSON.stringify(seen));
    });
    return table(facts);
  },
});
