// Finds a Chromium for the tests, or installs Debian's as root.
import { findProgram } from '../../scripts/machine/apt.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const findChromium = (say = console.log) =>
  findProgram({ title: 'Chromium', variable: 'CHROMIUM', names: NAMES, debian: 'chromium' }, say);
