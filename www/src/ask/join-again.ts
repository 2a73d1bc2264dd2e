/** The action of panels that another token may help: it sends the form again, as it is filled in now. */
import { byId } from '../dom.ts';
import type { Action } from '../panel.ts';

export const JOIN_AGAIN: Action = {
  label: 'Join again',
  run: () => byId<HTMLFormElement>('ask').requestSubmit(),
};
