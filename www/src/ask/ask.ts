/** Asks for a token as the user who is signed in, shows the response, explains the token, joins the room. */
import { decode } from '#inspect';
import { byId, isolated, make } from '../dom.ts';
import { type Answer, callEndpoint } from '../endpoint.ts';
import { channelCauses } from '../explain/caller.ts';
import { explain } from '../explain/explain.ts';
import { type Panel, showPanel } from '../panel.ts';
import { joinRoom, leaveRoom, showRoom } from '../room/room.ts';
import { livekitAnswers } from '../session/demo.ts';
import { currentSession, hasExpired, onSession, type Session } from '../session/session.ts';
import { showToken } from '../token/view.ts';
import { offerCopies } from './copy.ts';
import { JOIN_AGAIN } from './join-again.ts';
import type { RoomChoice } from './room-choice.ts';
import { parseToken, type TokenBody, type TokenRequest, toCall } from './token-request.ts';

/** Starts the form. @param onToken gets every LiveKit token that comes */
export function startAsking(room: () => RoomChoice, onToken: (token: string) => void): void {
  const button = byId<HTMLButtonElement>('join-button');
  const enable = () => {
    button.disabled = currentSession() === undefined;
  };
  onSession(enable);
  enable();
  let isAsking = false;
  byId('ask').addEventListener('submit', async (event) => {
    event.preventDefault();
    const session = currentSession();
    if (session === undefined || isAsking) return;
    isAsking = true;
    button.disabled = true;
    await join(session, room(), onToken).finally(() => {
      isAsking = false;
    });
    enable();
    // After Join again too, whose button is gone, and then without a jump.
    button.focus({ preventScroll: true });
  });
}

async function join(session: Session, room: RoomChoice, onToken: (token: string) => void): Promise<void> {
  const ttl = byId<HTMLSelectElement>('ttl').value;
  const { userToken, name } = session;
  const request: TokenRequest = { userToken, room, name, ...(ttl ? { ttl: Number(ttl) } : {}) };
  await leaveRoom();
  const answer = await callEndpoint(userToken, toCall(request));
  const issued = parseToken(answer);
  showAnswer(answer, issued === undefined ? refusedPanel(answer, session, room) : grantedPanel(answer, session, room));
  offerCopies(answer.status === 0 ? undefined : request);
  if (issued === undefined) {
    byId('token').replaceChildren(make('p', 'empty', 'There is no token to explain.'));
    return showRoom({
      kind: 'info',
      icon: 'room',
      title: 'Not in a room',
      text: 'A room can only be joined with a token.',
    });
  }
  const decoded = decode(issued.token);
  showToken(byId('token'), decoded, JOIN_AGAIN);
  onToken(issued.token);
  const problem = await whyNotConnect(issued);
  if (problem !== undefined) return showRoom(problem);
  await joinRoom(issued.url ?? '', issued.token, decoded.claims, room);
}

/** Before connecting: the browser would report a failed attempt as an error, and give no reason. */
async function whyNotConnect({ url }: TokenBody): Promise<Panel | undefined> {
  if (url === undefined) {
    return {
      kind: 'warning',
      title: 'The endpoint names no LiveKit server',
      text: 'The token is valid, but its response has no URL to connect to.',
      next: 'Set LIVEKIT_URL and restart the endpoint.',
      actions: [JOIN_AGAIN],
    };
  }
  if (await livekitAnswers()) return undefined;
  return {
    kind: 'warning',
    icon: 'offline',
    title: 'No LiveKit server responds',
    text: `The token is valid, but there is no server at ${url}.`,
    next: 'Start one with npm run livekit in another terminal, then join again.',
    actions: [JOIN_AGAIN],
  };
}

function showAnswer({ status, body }: Answer, panel: Panel): void {
  showPanel(byId('answer-summary'), panel);
  byId('answer-details').hidden = status === 0;
  byId('answer-body').textContent = typeof body === 'string' ? body : (JSON.stringify(body, null, 2) ?? '');
}

function grantedPanel({ status, statusText }: Answer, { name }: Session, room: RoomChoice): Panel {
  return {
    kind: 'good',
    status: `${status} ${statusText}`.trim(),
    title: `${isolated(name)} may ${joining(room)}`,
    text: 'The token admits one identity to one room.',
  };
}

function refusedPanel(answer: Answer, session: Session, room: RoomChoice): Panel {
  return explain(answer, {
    what: joining(room),
    user: session.name,
    hasExpired: hasExpired(session),
    needs: room.kind === 'group' ? 'membership of the group' : 'JOIN_CHANNEL on the channel',
    causes: causesOf(room, isolated(session.name)),
    isSignedHere: session.way === 'secret',
    retry: JOIN_AGAIN.run,
  });
}

const joining = ({ kind, name }: RoomChoice): string =>
  kind === 'group' ? `join the direct messages of ${isolated(name)}` : `join ${isolated(name)}`;

const causesOf = ({ kind }: RoomChoice, user: string): string[] =>
  kind === 'group'
    ? [`${user} is not a member of the group.`, 'The group does not exist.', 'A channel has the same ID.']
    : [...channelCauses(user), `${user} was kicked, and the kick has not ended.`, 'The channel is locked.'];
