/** A panel: what happened, why, and what one can do next. Every state of the page that is not the usual one is shown as one. */
import { icon, make } from './dom.ts';

export interface Action {
  readonly label: string;
  /** Seconds until the button can be pressed. */
  readonly wait?: number;
  run(): void;
}

export interface Panel {
  readonly kind: 'good' | 'info' | 'warning' | 'error';
  /** Of index.html; the default is that of the kind. */
  readonly icon?: string;
  /** The status of a response, such as `403 Forbidden`. */
  readonly status?: string;
  readonly title: string;
  readonly text?: string;
  /** What the endpoint or LiveKit's server said itself. */
  readonly messages?: readonly string[];
  /** Possible causes, of which the page does not know which one applies. */
  readonly causes?: readonly string[];
  /** What one can do. */
  readonly next?: string;
  readonly actions?: readonly Action[];
}

/** Tells whether a response is still wanted that arrives late. */
export interface Turn {
  /** Ends the turn, for example because another user was chosen. */
  end(): void;
  /** Returns a function that is true until the turn ends. */
  watch(): () => boolean;
}

export function createTurn(): Turn {
  let turn = 0;
  return {
    end() {
      turn += 1;
    },
    watch() {
      const watched = turn;
      return () => watched === turn;
    },
  };
}

const shown = new WeakMap<HTMLElement, string>();

/** Replaces what `place` shows. The same panel again changes nothing, so that a screen reader does not repeat it. */
export function showPanel(place: HTMLElement, panel: Panel): void {
  const content = JSON.stringify(panel);
  if (shown.get(place) === content && place.firstElementChild !== null && !panel.actions?.some(({ wait }) => wait))
    return;
  shown.set(place, content);
  place.replaceChildren(toElement(panel));
}

export function clearPanel(place: HTMLElement): void {
  shown.delete(place);
  place.replaceChildren();
}

function toElement(panel: Panel): HTMLElement {
  const { kind, status, title, text, messages = [], causes = [], next, actions = [] } = panel;
  const body = make('div', 'panel-body');
  if (status !== undefined) body.append(make('p', 'panel-status', status));
  body.append(make('p', 'panel-title', title));
  if (text !== undefined) body.append(make('p', '', text));
  if (messages.length > 0) {
    const quotes = messages.map((message) => make('li', '', message));
    body.append(make('ul', 'messages', ...quotes));
  }
  if (causes.length > 0) {
    const items = causes.map((cause) => make('li', '', cause));
    body.append(make('details', 'causes', make('summary', '', 'Possible causes'), make('ul', '', ...items)));
  }
  if (next !== undefined) body.append(make('p', 'next', next));
  if (actions.length > 0) body.append(make('div', 'buttons', ...actions.map(toButton)));
  return make('div', `panel ${kind}`, icon(panel.icon ?? kind), body);
}

function toButton({ label, wait = 0, run }: Action): HTMLButtonElement {
  const button = make('button', '', label);
  button.type = 'button';
  button.addEventListener('click', run);
  if (wait > 0) countDown(button, label, wait);
  return button;
}

function countDown(button: HTMLButtonElement, label: string, seconds: number): void {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${label} in ${left} s` : label;
    if (left <= 0) clearInterval(timer);
  };
  const timer = setInterval(tick, 250);
  tick();
}
