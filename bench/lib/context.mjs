// What every measure is given: how long it may take, and what was built for it.
import { floorModule } from './cargo.mjs';

/**
 * @typedef {object} Pace
 * @property {number} rounds
 * @property {number} sliceMs
 *
 * @typedef {object} Context
 * @property {boolean} smoke one short round of everything, to see that it works
 * @property {Pace} pace of what takes microseconds: short slices and many, so that a busy machine spoils few of them
 * @property {Pace} hostPace of the same in another process, where a slice has to outlast the way there and back
 * @property {number} processes fresh processes a candidate
 * @property {{ rounds: number, seconds: number, warmSeconds: number, connections: number }} load
 * @property {{ rounds: number, seconds: number }} native
 * @property {() => Promise<Uint8Array<ArrayBuffer>>} floorModule
 * @property {(text: string) => void} say
 */

/**
 * @param {boolean} smoke
 * @param {(text: string) => void} say
 * @returns {Context}
 */
export const context = (smoke, say) => ({
  smoke,
  pace: smoke ? { rounds: 1, sliceMs: 2 } : { rounds: 80, sliceMs: 20 },
  hostPace: smoke ? { rounds: 1, sliceMs: 2 } : { rounds: 16, sliceMs: 50 },
  processes: smoke ? 1 : 15,
  load: smoke
    ? { rounds: 1, seconds: 0.3, warmSeconds: 0.1, connections: 4 }
    : { rounds: 7, seconds: 3, warmSeconds: 3, connections: 16 },
  native: { rounds: 3, seconds: 1 },
  floorModule,
  say,
});
