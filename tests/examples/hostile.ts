/** Malformed requests, and requests that attack parsers. */

const CHANNEL = 'channel-abc123';
const ASK = JSON.stringify({ roomId: CHANNEL });
const TOKEN = 'POST /api/livekit/token';
const DEEP = 40_000;
/** Request lines, headers and bodies that no framework may answer with 500. */
export const HOSTILE: [start: string, headers: string[], body: string][] = [
  [TOKEN, [], `{"roomId":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
  [TOKEN, [], `{"roomId":"${CHANNEL}","ttl":1e400,"name":{"toString":1}}`],
  [TOKEN, [], `{"roomId":"${CHANNEL}","__proto__":{"identity":"user-789"},"constructor":1}`],
  [TOKEN, [], 'null'],
  [TOKEN, [], '\u0000'],
  [TOKEN, ['Content-Encoding: gzip'], ASK],
  [TOKEN, ['Content-Encoding: nonsense'], ASK],
  [TOKEN, ['Content-Type: application/json; charset=utf-7'], ASK],
  [TOKEN, ['Content-Type: multipart/form-data'], ASK],
  ['POST /api/livekit/webhook', [], '{"event":'],
  ['GET /api/livekit/%', [], ''],
  ['GET /api/livekit/%ff%00', [], ''],
  ['GET /api/livekit/channels/%E0%A4%A/voice-presence', [], ''],
  ['GET /api/livekit//../health?after=%', [], ''],
  [
    'GET /api/livekit/health',
    ['X-Request-Id: \u00ff', 'Origin: null', 'X-Forwarded-For: ,,', 'X-Forwarded-Host: a b'],
    '',
  ],
  ['HEAD /api/livekit/health', [], ''],
  ['PUT /api/livekit/token', [], ASK],
  ['PATCH /api/livekit', [], ASK],
  ['TRACE /api/livekit/token', [], ''],
  ['DELETE /api/livekit/health', [], ASK],
];
