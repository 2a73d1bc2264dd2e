/** Who is in each channel: a list that changes as they come and go. */
import type { Channel } from '../ask/demo.ts';
import { byId, make } from '../dom.ts';

/** A participant as the endpoint describes one. */
export interface Participant {
  identity: string;
  name: string;
  isServerMuted: boolean;
  isAgent?: boolean;
}

/** What is known of a channel: who is there, or why not. */
export type Known = { participants: Map<string, Participant> } | { refusal: string } | undefined;

/** Makes an item for each channel; returns what shows what is known of one. */
export function listChannels(channels: readonly Channel[]): (channelId: string, known: Known) => void {
  const items = new Map(
    channels.map(({ id, name, about }) => {
      const people = make('ul', 'people');
      const note = make('p', 'hint');
      const title = make('h4', '', about ? `${name} (${about})` : name);
      const item = make('li', 'channel', title, people, note);
      item.dataset['channel'] = id;
      people.setAttribute('aria-label', `In ${name}`);
      return [id, { item, people, note }];
    }),
  );
  byId('channels').replaceChildren(...[...items.values()].map(({ item }) => item));
  return (channelId, known) => {
    const parts = items.get(channelId);
    if (parts === undefined) return;
    const { item, people, note } = parts;
    const participants = known !== undefined && 'participants' in known ? [...known.participants.values()] : [];
    people.replaceChildren(...participants.map(chip));
    people.hidden = participants.length === 0;
    item.classList.toggle('busy', participants.length > 0);
    note.textContent = noteOf(known);
  };
}

function noteOf(known: Known): string {
  if (known === undefined) return '…';
  if ('refusal' in known) return known.refusal;
  return known.participants.size === 0 ? 'Nobody is here.' : '';
}

function chip({ identity, name, isServerMuted, isAgent }: Participant): HTMLElement {
  const notes = [isServerMuted ? 'muted' : '', isAgent ? 'agent' : ''].filter(Boolean).join(', ');
  const person = make(
    'li',
    'person',
    make('b', '', name || identity),
    ...(notes ? [make('span', '', ` ${notes}`)] : []),
  );
  person.dataset['identity'] = identity;
  return person;
}
