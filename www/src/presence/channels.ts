/** The channels and the participants of each: a list that changes as they come and go. */
import { byId, icon, make } from '../dom.ts';
import type { DemoRoom } from '../session/demo.ts';

/** A participant as the endpoint describes one. */
export interface Participant {
  identity: string;
  name: string;
  isServerMuted: boolean;
  isAgent?: boolean;
}

/** State of a channel: its participants, or why they are not shown; `undefined` before the first event. */
export type ChannelState = { participants: Map<string, Participant> } | { refusal: string } | undefined;

/** Number of participants that are shown at first. */
const FEW = 8;

/** Creates an item for each channel; returns the function that shows the state of one. */
export function listChannels(channels: readonly DemoRoom[]): (channelId: string, state: ChannelState) => void {
  const items = new Map(channels.map((channel) => [channel.id, toItem(channel)]));
  byId('channels').replaceChildren(...[...items.values()].map(({ item }) => item));
  return (channelId, state) => items.get(channelId)?.show(state);
}

function toItem({ id, name, about }: DemoRoom): { item: HTMLElement; show: (state: ChannelState) => void } {
  const [people, note, count] = [make('ul', 'people'), make('p', 'hint'), make('span', 'count')];
  const title = make('h4', '', name);
  title.dir = 'auto';
  const kind = make('span', 'hint', about);
  const more = make('button', 'more');
  more.type = 'button';
  const item = make('li', 'channel', make('div', 'channel-head', title, kind, count), people, more, note);
  item.dataset['channel'] = id;
  people.setAttribute('aria-label', `Participants of ${name}`);
  let isOpen = false;
  let state: ChannelState;
  const show = () => {
    const all = state !== undefined && 'participants' in state ? [...state.participants.values()] : [];
    const isRefused = state !== undefined && 'refusal' in state;
    people.replaceChildren(...(isOpen ? all : all.slice(0, FEW)).map(toChip));
    people.hidden = all.length === 0;
    more.hidden = all.length <= FEW;
    more.textContent = isOpen ? 'Show fewer' : `Show all ${all.length}`;
    more.setAttribute('aria-expanded', `${isOpen}`);
    count.textContent = all.length === 0 ? '' : `${all.length}`;
    item.classList.toggle('busy', all.length > 0);
    item.classList.toggle('refused', isRefused);
    const text = toNote(state);
    if (note.textContent !== text) note.replaceChildren(...(isRefused ? [icon('lock')] : []), text);
  };
  more.addEventListener('click', () => {
    isOpen = !isOpen;
    show();
  });
  return {
    item,
    show(next) {
      state = next;
      show();
    },
  };
}

function toNote(state: ChannelState): string {
  if (state === undefined) return '…';
  if ('refusal' in state) return state.refusal;
  return state.participants.size === 0 ? 'No participants yet' : '';
}

function toChip({ identity, name, isServerMuted, isAgent }: Participant): HTMLElement {
  const notes = [isServerMuted ? 'muted' : '', isAgent ? 'agent' : ''].filter(Boolean).join(', ');
  const who = make('b', '', name || identity);
  who.dir = 'auto';
  const person = make('li', 'person', who, ...(notes ? [make('span', '', ` ${notes}`)] : []));
  person.dataset['identity'] = identity;
  return person;
}
