/** Action of panels whose state a new token may solve: sends the form again, with its current values. */
import { byId } from '../dom.ts';
import type { Action } from '../panel.ts';

export const JOIN_AGAIN: Action = {
  label: 'Join again',
  run: () => byId<HTMLFormElement>('ask').requestSubmit(),
};
