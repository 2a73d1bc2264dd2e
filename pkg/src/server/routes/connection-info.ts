/** GET /connection-info: the URL that clients connect to. With several LiveKit servers, `?roomId=` is required. */
import { toConnectionInfo } from '../../token-response.js';
import { admitCaller } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { chosenServer } from '../livekit/servers.js';
import { isRoomName } from '../requests.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  await admitCaller(context);
  const { service, chooseServer, log } = context.get('endpoint');
  if (service.description.servers < 2) return context.json(toConnectionInfo(service.description));
  const room = context.req.query('roomId') ?? '';
  // `chooseServer` is not called with an invalid room, which the rules reject.
  const server = isRoomName(room) ? await chosenServer(chooseServer, room, log) : undefined;
  return context.json(toConnectionInfo(service.call((rules) => rules.serverOfRoom(room, server))));
}
