/** Shows who is in each channel, as the chosen user may see it, before one joins: the endpoint's events, in one stream. */
import type { Channel, User } from '../ask/demo.ts';
import { byId } from '../dom.ts';
import { type Known, listChannels, type Participant } from './channels.ts';
import { readEvents, type ServerEvent } from './events.ts';

/** A route of the dev server, which joins the streams of all channels (scripts/www/presence.mjs). */
const PATH = '/demo/presence';

/** An event of one channel. */
interface ChannelEvent {
  channelId: string;
  event: string;
  data: { participants?: Participant[]; statusCode?: number } & Participant;
}

/** Starts, and starts anew for each user that is chosen. A hidden page is not connected. */
export function startPresence(channels: readonly Channel[], user: () => User | undefined): void {
  const show = listChannels(channels);
  let watching: AbortController | undefined;
  const watch = () => {
    watching?.abort();
    const chosen = user();
    if (document.hidden || chosen === undefined) return;
    watching = new AbortController();
    watchAs(chosen, channels, show, watching.signal);
  };
  byId('user').addEventListener('change', watch);
  document.addEventListener('visibilitychange', watch);
  watch();
}

function watchAs(
  { name, token }: User,
  channels: readonly Channel[],
  show: (channelId: string, known: Known) => void,
  signal: AbortSignal,
): void {
  const all = new Map<string, Known>();
  for (const { id } of channels) show(id, undefined);
  const status = byId('presence-status');
  status.textContent = `As ${name} may see it.`;
  const onEvent = (event: ServerEvent) => {
    const { channelId, ...change } = JSON.parse(event.data) as ChannelEvent;
    const known = applied(all.get(channelId), change, name);
    all.set(channelId, known);
    show(channelId, known);
    status.textContent = `As ${name} may see it.`;
  };
  const onLost = () => {
    status.textContent = 'The connection is lost, and will be tried again.';
  };
  readEvents(PATH, token, { onEvent, onLost }, signal);
}

/** What is known after an event. */
function applied(before: Known, { event, data }: Omit<ChannelEvent, 'channelId'>, user: string): Known {
  if (event === 'end') return { refusal: refusalOf(data.statusCode, user) };
  if (event === 'snapshot') return { participants: byIdentity(data.participants ?? []) };
  const participants = new Map(before !== undefined && 'participants' in before ? before.participants : []);
  if (event === 'left') participants.delete(data.identity);
  else participants.set(data.identity, data);
  return { participants };
}

const byIdentity = (participants: readonly Participant[]) =>
  new Map(participants.map((participant) => [participant.identity, participant]));

function refusalOf(status: number | undefined, user: string): string {
  if (status === 401 || status === 403) return `${user} may not see who is here (${status}).`;
  return `The endpoint does not say who is here (${status}).`;
}
