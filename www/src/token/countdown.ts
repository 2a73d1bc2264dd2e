/** How long a token can still be used to connect, second by second, for as long as it is on the page. */
import { make } from '../dom.ts';
import { type Action, showPanel } from '../panel.ts';

const TICK_MS = 250;

/**
 * @param exp - Unix seconds
 * @param start - Unix seconds at which it began to be valid, for the bar
 * @param again - what one can do once it has expired
 */
export function countdown(exp: number, start?: number, again?: Action): HTMLElement {
  const left = make('strong', '');
  left.setAttribute('role', 'timer');
  const element = make('div', 'countdown', make('p', '', left, ' left to connect with it'));
  const bar = make('progress', '');
  bar.setAttribute('aria-label', 'Share of the TTL that is left');
  if (start !== undefined && exp > start) {
    bar.max = exp - start;
    element.append(bar);
  }
  const tick = () => {
    const seconds = exp - Date.now() / 1000;
    if (seconds <= 0) {
      clearInterval(timer);
      return showExpired(element, again);
    }
    left.textContent = duration(Math.ceil(seconds));
    bar.value = seconds;
  };
  const timer = setInterval(() => (element.isConnected ? tick() : clearInterval(timer)), TICK_MS);
  tick();
  return element;
}

function showExpired(element: HTMLElement, again: Action | undefined): void {
  showPanel(element, {
    kind: 'warning',
    icon: 'clock',
    title: 'This token has expired',
    text: 'A client cannot connect with it any more. A participant who is in the room stays.',
    next: 'To connect or reconnect, ask the endpoint for a new one.',
    ...(again === undefined ? {} : { actions: [again] }),
  });
}

/** `1 d 02:03:04`, `02:03:04`, `03:04`. */
export function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, '0');
  const clock = `${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days} d ${two(hours)}:${clock}`;
  return hours > 0 ? `${two(hours)}:${clock}` : clock;
}
