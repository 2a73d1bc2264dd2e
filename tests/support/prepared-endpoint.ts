/** The stages of the endpoint one by one, as a request passes them. */
import { type Endpoint, preparedCache } from '../../pkg/dist/server/endpoint.js';
import type { TokenRoute } from '../../pkg/dist/server/hooks.js';
import { issue } from '../../pkg/dist/server/issue.js';
import { createLog } from '../../pkg/dist/server/log.js';
import { authorizePermission } from '../../pkg/dist/server/rbac/authorize.js';
import type { Grants } from '../../pkg/dist/server/rbac/grants.js';
import type { ParsedRequest } from '../../pkg/dist/server/requests.js';
import type { Store } from '../../pkg/dist/server/stores/store.js';

/** The endpoint of settings. */
export const endpointOf = (settings: object, store: Store): Endpoint => ({
  ...preparedCache()(settings),
  log: createLog('silent'),
  allowGrants: [],
  store: () => store,
});

/** A token in two steps: the permission by Kraken's rules, with an application's own grants if given, and its token. */
export async function tokenInSteps(
  userId: string,
  request: ParsedRequest,
  endpoint: Endpoint,
  { route = 'token', grants }: { route?: TokenRoute; grants?: Grants } = {},
) {
  const permission = await authorizePermission({ userId }, request, endpoint, route, grants);
  return issue(permission, permission.room, endpoint);
}
