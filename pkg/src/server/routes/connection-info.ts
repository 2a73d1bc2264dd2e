/** GET /connection-info: the URL that clients connect to. With several LiveKit servers, `?roomId=` is required. */
import { connectionInfoOf } from '../../token-response.js';
import { admittedCallerOf } from '../caller.js';
import type { LivekitContext } from '../context.js';
import { chosenServer } from '../livekit/servers.js';
import { isRoomName } from '../requests.js';

export async function connectionInfo(context: LivekitContext): Promise<Response> {
  await admittedCallerOf(context);
  const { service, chooseServer, log } = context.get('endpoint');
  if (service.description.servers < 2) return context.json(connectionInfoOf(service.description));
  const room = context.req.query('roomId') ?? '';
  // `chooseServer` is not called with an invalid room, which the rules reject.
  const server = isRoomName(room) ? await chosenServer(chooseServer, room, log) : undefined;
  return context.json(connectionInfoOf(service.call((rules) => rules.serverOfRoom(room, server))));
}
