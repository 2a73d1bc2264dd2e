/** Kraken's policy. */
import type { TokenResponse } from '../../token-response.js';
import type { Endpoint } from '../endpoint.js';
import { issue } from '../issue.js';
import type { Policy, TokenQuestion } from '../policy.js';
import { admit, authorizeAndIssue, authorizePermission } from './authorize.js';
import type { Grants } from './grants.js';

/** Creates the policy of Kraken's tables. The application's `grants` function replaces `LIVEKIT_GRANTS`. */
export const krakenPolicy = (grants: Grants | undefined): Policy => ({
  admit,
  async issue({ route, request, caller }: TokenQuestion, endpoint: Endpoint): Promise<TokenResponse> {
    const { chooseServer, service } = endpoint;
    const isShort = grants === undefined && chooseServer === undefined && !service.description.createRooms;
    if (isShort) return authorizeAndIssue(caller, request, endpoint, route);
    const permission = await authorizePermission(caller, request, endpoint, route, grants);
    return issue(permission, permission.room, endpoint);
  },
});
