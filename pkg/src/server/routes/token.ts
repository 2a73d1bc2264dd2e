/** POST /token: request → authenticate → authorize → grant → response. */
import { LivekitException } from '../../exception.js';
import { readCreateToken } from '../../wasm/core.js';
import type { LivekitContext } from '../app.js';
import { authenticate } from '../authenticate.js';
import { authorize } from '../authorize.js';

export async function token(context: LivekitContext): Promise<Response> {
  const { service, userTokens, log, store } = context.get('endpoint');
  const request = readCreateToken(new Uint8Array(await context.req.arrayBuffer()));
  const caller = authenticate(context, userTokens);
  const granted = await authorize(caller, request, store, service);
  try {
    const { jti, ...response } = service.generateToken(granted);
    log.info(`Generated token for user ${response.identity} in room ${response.roomId}`, { jti });
    return context.json(response, 201);
  } catch (error) {
    const known = error instanceof LivekitException ? error : undefined;
    log.error('Failed to generate LiveKit token', { code: known?.code ?? 'unknown' });
    throw known ?? new LivekitException('Failed to generate token', 500);
  }
}
