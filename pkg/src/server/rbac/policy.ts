/** Kraken's rules as the policy of an endpoint. */
import type { TokenResponse } from '../../token-response.js';
import type { Endpoint } from '../endpoint.js';
import { issue } from '../issue.js';
import type { Policy, TokenQuestion } from '../policy.js';
import { admit, authorizeAndIssue, permissionOf } from './authorize.js';
import type { Grants } from './grants.js';

/** The policy of Kraken's tables; an application's own table of grants replaces `LIVEKIT_GRANTS`. */
export const krakenPolicy = (grants: Grants | undefined): Policy => ({
  admit,
  async issue({ route, request, caller }: TokenQuestion, endpoint: Endpoint): Promise<TokenResponse> {
    const { chooseServer, service } = endpoint;
    const isShort = grants === undefined && chooseServer === undefined && !service.description.createRooms;
    if (isShort) return authorizeAndIssue(caller, request, endpoint, route);
    const permission = await permissionOf(caller, request, endpoint, route, grants);
    return issue(permission, permission.room, endpoint);
  },
});
