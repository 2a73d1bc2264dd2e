/** A D1 database and the store on it, inside a Worker: a request is one call of a method. */
import type { D1Database } from '@cloudflare/workers-types';
import { d1Store } from 'livekit-edge/stores/d1';
import { d1Run } from './d1-run.ts';
import type { Call } from './remote-d1.ts';

export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const { path, values }: Call = await request.json();
    const owner: object = { store: d1Store(DB), run: d1Run(DB) };
    const method = path.reduce<object>((found, name) => Reflect.get(found, name), owner) as () => Promise<unknown>;
    const outcome = Reflect.apply(method, undefined, values).then(
      (answer: unknown) => ({ answer }),
      ({ name, message }: Error) => ({ error: { name, message } }),
    );
    return Response.json(await outcome);
  },
};
