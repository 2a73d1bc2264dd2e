// Finds a Firefox for the tests, and installs Debian's where it may.
import { findProgram } from '../../../scripts/machine/apt.mjs';

export const findFirefox = (say = console.log) =>
  findProgram({ title: 'Firefox', variable: 'FIREFOX', names: ['firefox', 'firefox-esr'], debian: 'firefox-esr' }, say);
