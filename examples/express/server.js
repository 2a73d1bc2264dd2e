import express from 'express';
import { createApp, nodeHandler } from 'livekit-edge/node';

const app = express();
// Before express.json(): the endpoint parses its own bodies. Express removes the prefix from the path.
app.use('/api/livekit', nodeHandler(await createApp({ prefix: '/' })));
app.use(express.json());
app.post('/echo', (request, response) => response.json(request.body));

const server = app.listen(Number(process.env.PORT ?? 3000), process.env.HOST, () => {
  console.log(`Listening on port ${server.address().port}`);
});
