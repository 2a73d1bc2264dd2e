/** POST /token: request → authenticate → authorize → grant → response. */
import { mint } from '../../service.js';
import { readCreateToken } from '../../wasm/core.js';
import type { LivekitContext } from '../app.js';
import { authenticate } from '../authenticate.js';
import { authorize } from '../authorize.js';
import { readBody } from '../body.js';
import { limitUser } from '../rate-limit.js';

export async function token(context: LivekitContext): Promise<Response> {
  const endpoint = context.get('endpoint');
  const request = readCreateToken(await readBody(context));
  const caller = authenticate(context, endpoint);
  await limitUser(context, caller);
  const granted = await authorize(caller, request, endpoint);
  const { jti, ...response } = mint(endpoint.service, granted);
  const { identity, roomId } = response;
  const details = { userId: caller.userId, userTokenId: caller.tokenId, identity, roomId, jti };
  endpoint.log.info(`Generated token for user ${identity} in room ${roomId}`, details);
  return context.json(response, 201);
}
