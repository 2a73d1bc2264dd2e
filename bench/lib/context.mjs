// The context of every measure: durations, and built modules.
import { floorModule } from './cargo.mjs';

/**
 * @typedef {object} Pace
 * @property {number} rounds
 * @property {number} sliceMs
 *
 * @typedef {object} Context
 * @property {boolean} smoke one short round of everything, only to test that it works
 * @property {Pace} pace for operations of microseconds: many short slices, so that a busy machine affects few of them
 * @property {Pace} hostPace for the same operations in another process, where a slice must take longer than the
 * communication
 * @property {number} processes number of fresh processes for each candidate
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
