/** The upper half of the page: ask for a token as a demo user, show the answer, explain the token, join the room. */
import { decode } from '#inspect';
import { byId, make, showText } from '../dom.ts';
import { startPresence } from '../presence/presence.ts';
import { showToken } from '../token/view.ts';
import { offerCopies } from './copy.ts';
import { type Channel, demoChoices, livekitAnswers, type User } from './demo.ts';
import { type Answer, askForToken, type Question, type TokenBody, tokenOf } from './endpoint.ts';
import { explain } from './explain.ts';

const NO_TOKEN = 'No token, no room.';

/** Starts the half. @param onToken gets every LiveKit token that comes */
export async function startAsking(onToken: (token: string) => void): Promise<void> {
  const problem = byId('ask-problem');
  const choices = await demoChoices().catch((error: Error) => {
    problem.textContent = `The demo's users could not be loaded (${error.message}): is npm start still running?`;
    return { users: [], channels: [] };
  });
  const user = offer(byId('user'), choices.users);
  const channel = offer(byId('channel'), choices.channels);
  const button = byId<HTMLButtonElement>('join-button');
  startPresence(choices.channels, user);
  button.disabled = choices.users.length === 0;
  byId('ask').addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = '';
    await join(user(), channel(), onToken).catch((error: Error) => {
      problem.textContent = `The endpoint could not be asked (${error.message}): is npm start still running?`;
    });
    button.disabled = false;
    button.focus();
  });
}

async function join(user: User, channel: Channel, onToken: (token: string) => void): Promise<void> {
  const ttl = byId<HTMLSelectElement>('lifetime').value;
  const lifetime = ttl ? { ttl: Number(ttl) } : {};
  const question: Question = { userToken: user.token, roomId: channel.id, name: user.name, ...lifetime };
  const { joinRoom, leaveRoom, say } = await import('../room/room.ts');
  await leaveRoom();
  const answer = await askForToken(question);
  showAnswer(answer, user, channel);
  offerCopies(question);
  const given = tokenOf(answer);
  if (given === undefined) {
    byId('token').replaceChildren(make('p', 'hint', 'There is no token to explain.'));
    return say(NO_TOKEN);
  }
  const decoded = decode(given.token);
  showToken(byId('token'), decoded);
  onToken(given.token);
  const why = await whyNotConnect(given);
  if (why !== undefined) return say(why, 'bad');
  await joinRoom(given.url ?? '', given.token, decoded.claims);
}

/** Said before trying: the browser would report a failed attempt as an error, and give no reason. */
async function whyNotConnect({ url }: TokenBody): Promise<string | undefined> {
  if (url === undefined) return 'The endpoint does not say where to connect: set LIVEKIT_URL.';
  if (await livekitAnswers()) return undefined;
  return `No LiveKit server answers at ${url}: start one with npm run livekit in another terminal, then press Join again.`;
}

function showAnswer({ status, statusText, body }: Answer, user: User, channel: Channel): void {
  const badge = make('span', `badge ${status < 400 ? 'good' : 'bad'}`, `${status} ${statusText}`.trim());
  const sentence = make('p', '', explain({ status, statusText, body }, user.name, channel.name));
  byId('answer-summary').replaceChildren(badge, sentence);
  showText(byId('answer-body'), typeof body === 'string' ? body : JSON.stringify(body, null, 2));
}

/** Fills a list; the answer says what is chosen in it. */
function offer<T extends User | Channel>(select: HTMLSelectElement, items: T[]): () => T {
  const options = items.map(({ id, name, about }) => {
    const option = make('option', '', about ? `${name} (${about})` : name);
    option.value = id;
    return option;
  });
  select.replaceChildren(...options);
  return () => items.find(({ id }) => id === select.value) as T;
}
