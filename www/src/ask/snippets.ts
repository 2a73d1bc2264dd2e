/** The same request as code to paste: in a terminal, in a page or server, in an application with LiveKit's client. */
import { bodyOf, type Question, TOKEN_PATH } from './endpoint.ts';

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

function curl(question: Question, origin: string): string {
  const authorization = quoted(`Authorization: Bearer ${question.userToken}`);
  const body = quoted(JSON.stringify(bodyOf(question)));
  return `curl -s -X POST ${origin}${TOKEN_PATH} -H ${authorization} -H 'Content-Type: application/json' -d ${body}`;
}

function fetchCall(question: Question, origin: string): string {
  return `const response = await fetch('${origin}${TOKEN_PATH}', {
  method: 'POST',
  headers: {
    Authorization: 'Bearer ${question.userToken}',
    'Content-Type': 'application/json',
  },
  body: JSON.stringify(${JSON.stringify(bodyOf(question))}),
});
if (!response.ok) throw new Error(await response.text());
const { token, url } = await response.json();`;
}

/** `TokenSource` has no lifetime to ask for. */
function tokenSource(question: Question, origin: string): string {
  return `import { Room, TokenSource } from 'livekit-client';

const source = TokenSource.endpoint('${origin}/api/livekit/token-source', {
  headers: { Authorization: 'Bearer ${question.userToken}' },
});
const { serverUrl, participantToken } = await source.fetch(${JSON.stringify({ roomName: question.roomId, participantName: question.name })});
await new Room().connect(serverUrl, participantToken);`;
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
