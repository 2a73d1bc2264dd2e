/** POST /dm-token: a token for a group of direct messages. Groups only exist in Kraken's tables. */
import type { Policy } from '../../policy.js';
import { parseCreateToken } from '../../requests.js';
import { tokenRoute, withToken } from '../../routes/token.js';

export const dmToken = (policy: Policy) => tokenRoute('dm-token', parseCreateToken, withToken, policy);
