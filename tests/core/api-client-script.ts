/** A client of LiveKit's API behind a fetch handler, for workerd and Deno: performs a call and returns its outcome. */
import { LivekitException, RoomServiceClient } from 'livekit-edge';

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const requestTimeout = Number(searchParams.get('timeout') ?? 10);
    const secret = 'a secret of thirty-two bytes or more';
    const rooms = new RoomServiceClient(searchParams.get('livekit') ?? '', 'devkey', secret, { requestTimeout });
    try {
      switch (searchParams.get('call')) {
        case 'create':
          return new Response((await rooms.createRoom({ name: 'lobby', metadata: 'm' })).name);
        case 'list':
          return new Response((await rooms.listRooms()).map(({ name }) => name).join());
        default:
          return new Response(`${await rooms.deleteRoom('lobby')}`);
      }
    } catch (error) {
      if (!(error instanceof LivekitException)) throw error;
      return new Response(`${error.status} ${error.code} ${error.reason}`);
    }
  },
};
