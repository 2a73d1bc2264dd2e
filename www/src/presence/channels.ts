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

/** What is known of a channel: its participants, or why they are not shown. */
export type Known = { participants: Map<string, Participant> } | { refusal: string } | undefined;

/** How many are shown before one asks for all. */
const FEW = 8;

/** Makes an item for each channel; returns what shows what is known of one. */
export function listChannels(channels: readonly DemoRoom[]): (channelId: string, known: Known) => void {
  const items = new Map(channels.map((channel) => [channel.id, toItem(channel)]));
  byId('channels').replaceChildren(...[...items.values()].map(({ item }) => item));
  return (channelId, known) => items.get(channelId)?.show(known);
}

function toItem({ id, name, about }: DemoRoom): { item: HTMLElement; show: (known: Known) => void } {
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
  let known: Known;
  const show = () => {
    const all = known !== undefined && 'participants' in known ? [...known.participants.values()] : [];
    const isRefused = known !== undefined && 'refusal' in known;
    people.replaceChildren(...(isOpen ? all : all.slice(0, FEW)).map(toChip));
    people.hidden = all.length === 0;
    more.hidden = all.length <= FEW;
    more.textContent = isOpen ? 'Show fewer' : `Show all ${all.length}`;
    more.setAttribute('aria-expanded', `${isOpen}`);
    count.textContent = all.length === 0 ? '' : `${all.length}`;
    item.classList.toggle('busy', all.length > 0);
    item.classList.toggle('refused', isRefused);
    const text = noteOf(known);
    if (note.textContent !== text) note.replaceChildren(...(isRefused ? [icon('lock')] : []), text);
  };
  more.addEventListener('click', () => {
    isOpen = !isOpen;
    show();
  });
  return {
    item,
    show(next) {
      known = next;
      show();
    },
  };
}

function noteOf(known: Known): string {
  if (known === undefined) return '…';
  if ('refusal' in known) return known.refusal;
  return known.participants.size === 0 ? 'No participants yet' : '';
}

function toChip({ identity, name, isServerMuted, isAgent }: Participant): HTMLElement {
  const notes = [isServerMuted ? 'muted' : '', isAgent ? 'agent' : ''].filter(Boolean).join(', ');
  const who = make('b', '', name || identity);
  who.dir = 'auto';
  const person = make('li', 'person', who, ...(notes ? [make('span', '', ` ${notes}`)] : []));
  person.dataset['identity'] = identity;
  return person;
}
