/** The same request as code to paste: in a terminal, in a page or server, in an application with LiveKit's client. */
import { BASE } from '../endpoint.ts';
import { type TokenRequest, toCall } from './token-request.ts';

export const SNIPPETS = {
  curl: { label: 'curl line', use: 'Paste it into a terminal.', write: curl },
  fetch: { label: 'fetch call', use: 'Paste it into a module.', write: fetchCall },
  tokenSource: {
    label: 'TokenSource call',
    use: "Paste it where your application uses LiveKit's client.",
    write: tokenSource,
  },
};

export type SnippetName = keyof typeof SNIPPETS;

function curl(request: TokenRequest, origin: string): string {
  const { path, body } = toCall(request);
  const authorization = quoted(`Authorization: Bearer ${request.userToken}`);
  const json = quoted(JSON.stringify(body));
  return `curl -s -X POST ${origin}${BASE}${path} -H ${authorization} -H 'Content-Type: application/json' -d ${json}`;
}

function fetchCall(request: TokenRequest, origin: string): string {
  const { path, body } = toCall(request);
  return `const response = await fetch('${origin}${BASE}${path}', {
  method: 'POST',
  headers: {
    Authorization: 'Bearer ${request.userToken}',
    'Content-Type': 'application/json',
  },
  body: JSON.stringify(${JSON.stringify(body)}),
});
if (!response.ok) throw new Error(await response.text());
const { token, url } = await response.json();`;
}

/** Of a channel: `/token-source` knows no direct messages. `TokenSource` has no TTL to ask for. */
function tokenSource({ userToken, room, name }: TokenRequest, origin: string): string {
  return `import { Room, TokenSource } from 'livekit-client';

const source = TokenSource.endpoint('${origin}${BASE}/token-source', {
  headers: { Authorization: 'Bearer ${userToken}' },
});
const { serverUrl, participantToken } = await source.fetch(${JSON.stringify({ roomName: room.id, participantName: name })});
await new Room().connect(serverUrl, participantToken);`;
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
