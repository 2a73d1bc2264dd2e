/** A Worker that asks the PostgreSQL store behind its Hyperdrive binding, once a request. */
import { postgresStore } from 'livekit-edge/stores/postgres';

interface Env {
  HYPERDRIVE: { connectionString: string };
}

export default {
  /** `GET /?user=…`: the row of facts, or the name of the error. With `room`, who is there after one more has joined. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const store = postgresStore(env.HYPERDRIVE.connectionString);
    const userId = searchParams.get('user') ?? '';
    const room = searchParams.get('room');
    try {
      if (room === null) {
        const question = { userId, tokenId: null, channelId: 'channel-abc123', groupId: null, identity: null };
        return Response.json(await store.facts(question));
      }
      const participant = { sid: userId, identity: userId, name: userId };
      const change = { change: 'joined', createdAt: 1, room, roomSid: room, eventId: userId, participant } as const;
      await store.applyPresence?.(change);
      return Response.json(await store.presence?.(room));
    } catch (error) {
      return new Response((error as Error).name, { status: 503 });
    }
  },
};
