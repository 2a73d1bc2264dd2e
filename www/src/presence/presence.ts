/** The participants of each channel, as the user who is signed in may see them: the endpoint's events, in one stream. */
import { byId, isolated, make } from '../dom.ts';
import { clearPanel, type Panel, showPanel } from '../panel.ts';
import type { DemoRoom } from '../session/demo.ts';
import { onSession, type Session } from '../session/session.ts';
import { type ChannelState, listChannels, type Participant } from './channels.ts';
import { readEvents, type ServerEvent } from './events.ts';

/** A route of the dev server, which joins the streams of all channels (www/server/presence.mjs). */
const PATH = '/demo/presence';
/** Milliseconds until a channel that is not available is tried again. */
const RETRY_MS = 5000;

/** An event of one channel. */
interface ChannelEvent {
  channelId: string;
  event: string;
  data: { participants?: Participant[]; statusCode?: number } & Participant;
}

/** Starts, and starts anew for each user who signs in. A hidden page is not connected. */
export function startPresence(channels: readonly DemoRoom[], first: Session | undefined): void {
  const show = listChannels(channels);
  let session = first;
  let watching: AbortController | undefined;
  const watch = () => {
    watching?.abort();
    if (document.hidden) return;
    if (session === undefined || channels.length === 0) {
      for (const { id } of channels) show(id, undefined);
      return showHint('Sign in to see the participants of each channel.');
    }
    watching = new AbortController();
    watchAsUser(session, channels, show, watching.signal, watch);
  };
  onSession((next) => {
    session = next;
    watch();
  });
  document.addEventListener('visibilitychange', watch);
  watch();
}

function showHint(text: string): void {
  const status = byId('presence-status');
  if (status.textContent === text) return;
  clearPanel(status);
  status.append(make('p', 'hint', text));
}

const LOST: Panel = {
  kind: 'warning',
  icon: 'wait',
  title: 'Reconnecting',
  text: 'The connection to the endpoint is lost. The list may be out of date.',
  next: 'This page retries by itself. If it does not help, check that npm start is still running.',
};

const NOT_ACCEPTED: Panel = {
  kind: 'warning',
  icon: 'lock',
  title: 'The user token is not accepted',
  text: 'The endpoint shows participants to users whose user token is valid, and who are not banned.',
  next: 'Sign in again, or as another user.',
};

const notAvailable = (again: () => void): Panel => ({
  kind: 'warning',
  icon: 'clock',
  title: 'Presence is not available for every channel',
  text: 'The endpoint had too many requests, or its database did not respond in time.',
  next: 'This page tries again in a few seconds.',
  actions: [{ label: 'Try again now', run: again }],
});

/** About the end of a channel's events; none of a channel that the user may not see. */
function toPanel(status: number | undefined, again: () => void): Panel | undefined {
  if (status === undefined || status === 403) return undefined;
  return status === 401 ? NOT_ACCEPTED : notAvailable(again);
}

function watchAsUser(
  { name, userToken }: Session,
  channels: readonly DemoRoom[],
  show: (channelId: string, state: ChannelState) => void,
  signal: AbortSignal,
  again: () => void,
): void {
  const all = new Map<string, ChannelState>();
  for (const { id } of channels) show(id, undefined);
  const live = `Live, as ${isolated(name)} may see it.`;
  showHint(live);
  let problem: Panel | undefined;
  let isWaiting = false;
  const onEvent = (event: ServerEvent) => {
    const { channelId, ...change } = JSON.parse(event.data) as ChannelEvent;
    const state = applyEvent(all.get(channelId), change, isolated(name));
    all.set(channelId, state);
    show(channelId, state);
    problem ??= toPanel(change.data.statusCode, again);
    if (problem === undefined) return showHint(live);
    showPanel(byId('presence-status'), problem);
    if (problem === NOT_ACCEPTED || isWaiting) return;
    isWaiting = true;
    setTimeout(() => signal.aborted || again(), RETRY_MS);
  };
  const onLost = () => showPanel(byId('presence-status'), LOST);
  readEvents(PATH, userToken, { onEvent, onLost }, signal);
}

/** The state after an event. */
function applyEvent(
  before: ChannelState,
  { event, data }: Omit<ChannelEvent, 'channelId'>,
  user: string,
): ChannelState {
  if (event === 'end') return { refusal: toNote(data.statusCode, user) };
  if (event === 'snapshot') return { participants: byIdentity(data.participants ?? []) };
  const participants = new Map(before !== undefined && 'participants' in before ? before.participants : []);
  if (event === 'left') participants.delete(data.identity);
  else participants.set(data.identity, data);
  return { participants };
}

const byIdentity = (participants: readonly Participant[]) =>
  new Map(participants.map((participant) => [participant.identity, participant]));

const toNote = (status: number | undefined, user: string): string =>
  status === 403 ? `${user} may not see this channel (403).` : `Not available (${status}).`;
