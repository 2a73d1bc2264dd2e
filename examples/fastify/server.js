import Fastify from 'fastify';
import { createApp, nodeHandler } from 'livekit-edge/node';

const app = Fastify();
const livekit = nodeHandler(await createApp());
app.register(
  async (scope) => {
    // Fastify must not parse these bodies: the endpoint parses them itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.all('/*', (request, reply) => {
      reply.hijack();
      livekit(request.raw, reply.raw);
    });
  },
  { prefix: '/api/livekit' },
);
app.post('/echo', async ({ body }) => body);

await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST });
console.log(`Listening on port ${app.server.address().port}`);
