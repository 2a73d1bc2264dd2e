/** Rate limits of Workers count by the minutes of the clock, also in the local runtime. */
import { setTimeout } from 'node:timers/promises';

const MINUTE = 60_000;

/** Waits until as many seconds are left of this minute, so that what follows falls into one count. */
export async function untilMinuteHas(seconds: number): Promise<void> {
  const left = MINUTE - (Date.now() % MINUTE);
  if (left < seconds * 1000) await setTimeout(left + 50);
}
