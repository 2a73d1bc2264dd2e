/** How long a token can still be used to connect, second by second, for as long as it is on the page. */
import { make } from '../dom.ts';

const TICK_MS = 250;

/**
 * @param exp - Unix seconds
 * @param start - Unix seconds at which it began to be valid, for the bar
 */
export function countdown(exp: number, start?: number): HTMLElement {
  const left = make('strong', '');
  left.setAttribute('role', 'timer');
  const rest = make('span', '');
  const element = make('div', 'countdown', make('p', '', left, ' ', rest));
  const bar = make('progress', '');
  bar.setAttribute('aria-label', 'Share of its life that is left');
  if (start !== undefined && exp > start) {
    bar.max = exp - start;
    element.append(bar);
  }
  const tick = () => {
    const seconds = exp - Date.now() / 1000;
    left.textContent = seconds > 0 ? duration(Math.ceil(seconds)) : 'Expired';
    rest.textContent =
      seconds > 0 ? 'left to connect with it' : 'Nobody can connect with it any more; who is in the room stays.';
    bar.value = Math.max(0, seconds);
    element.classList.toggle('expired', seconds <= 0);
  };
  tick();
  const timer = setInterval(() => (element.isConnected ? tick() : clearInterval(timer)), TICK_MS);
  return element;
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
