/** What the routes are that a request's path leads to. */
import type { Context, Hono } from 'hono';
import { matchedRoutes } from 'hono/route';

/** Middleware and the catch-all of an app are registered for a path that ends so. */
const ANY_PATH = /\*$/;

/** The route of the path, whatever the method; `undefined` if the path leads nowhere. */
export const routeOf = (context: Context) => matchedRoutes(context).find(({ path }) => !ANY_PATH.test(path));

/** The methods that an app serves at the path of a request, wherever the app is mounted; none if it leads nowhere. */
export function methodsAt(context: Context, app: Pick<Hono, 'routes'>): string[] {
  const route = routeOf(context);
  if (route === undefined) return [];
  const path = route.basePath === '/' ? route.path : route.path.slice(route.basePath.length);
  const methods = app.routes.filter((own) => own.path === path && own.method !== 'ALL').map(({ method }) => method);
  const all = new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])));
  return [...all];
}
