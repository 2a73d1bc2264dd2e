/** The rooms to choose from: the demo's channels and groups of direct messages, or any other by its ID. */
import { byId, make } from '../dom.ts';
import type { DemoChoices } from '../session/demo.ts';

export interface RoomChoice {
  kind: 'channel' | 'group';
  id: string;
  name: string;
}

/** Values of the two options that ask for an ID. No demo room has such an ID. */
const OTHER = { channel: ':channel', group: ':group' } as const;

/** Fills the list. Returns what says which room is chosen. */
export function offerRooms({ channels, groups }: DemoChoices): () => RoomChoice {
  const select = byId<HTMLSelectElement>('channel');
  const known = new Map<string, RoomChoice>();
  const optionsOf = (kind: RoomChoice['kind'], rooms: DemoChoices['groups']) =>
    rooms.map(({ id, name, about }) => {
      known.set(id, { kind, id, name });
      return option(id, about ? `${name} (${about})` : name);
    });
  select.replaceChildren(
    group('Channels', optionsOf('channel', channels)),
    group('Direct messages', optionsOf('group', groups)),
    group('By ID', [option(OTHER.channel, 'Another channel'), option(OTHER.group, 'Other direct messages')]),
  );
  const id = byId<HTMLInputElement>('room-id');
  const isOther = () => !known.has(select.value);
  select.addEventListener('change', () => {
    byId('other-room').hidden = !isOther();
    id.required = isOther();
  });
  return () =>
    known.get(select.value) ?? {
      kind: select.value === OTHER.group ? 'group' : 'channel',
      id: id.value,
      name: id.value,
    };
}

function option(value: string, text: string): HTMLOptionElement {
  const element = make('option', '', text);
  element.value = value;
  return element;
}

function group(label: string, options: HTMLOptionElement[]): HTMLOptGroupElement {
  const element = make('optgroup', '', ...options);
  element.label = label;
  element.hidden = options.length === 0;
  return element;
}
