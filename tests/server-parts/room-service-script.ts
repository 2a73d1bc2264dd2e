/** RoomService behind a fetch handler, for workerd and Deno: performs a call and returns its outcome. */

import { RoomService } from 'livekit-edge/server';
import { LivekitException } from '../../pkg/dist/exception.js';

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const url = searchParams.get('livekit') ?? undefined;
    const rooms = new RoomService({ url, adminToken: () => 'a.b.c' });
    try {
      if (searchParams.has('remove')) await rooms.removeParticipant('lobby', 'alice');
      else await rooms.muteParticipant('lobby', 'alice', true);
      return new Response('done');
    } catch (error) {
      if (!(error instanceof LivekitException)) throw error;
      return new Response(`${error.status} ${error.code} ${error.reason}`);
    }
  },
};
