// What the gates of `npm test` need beside the repository's own packages: made once, while gates run that do not need it.

import { installTools } from '../../scripts/docs.mjs';
import { cargoDeny, geckodriver, wasmPack } from '../../scripts/machine/cargo-tools.mjs';
import { livekitServer } from '../../scripts/machine/livekit-server.mjs';
import { findChromium } from '../runtime/chromium.mjs';
import { NAMES, whyNotInstalled } from '../support/install.mjs';
import { findFirefox } from '../www/firefox/program.mjs';
import { findChromeDriver } from './browsers.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {boolean} [heavy]
 * @property {() => Promise<string | undefined>} make resolves to the reason why it is missing, or undefined; gates then skip tests
 */

export const CHROMIUM = 'Chromium and its driver';
export const FIREFOX = 'Firefox';
export const POSTGRES = 'PostgreSQL';
export const LIVEKIT = "LiveKit's server";
export const WASM_PACK = 'wasm-pack and its test runner';
export const GECKODRIVER = 'geckodriver';
export const CARGO_DENY = 'cargo-deny';
export const TYPEDOC = 'TypeDoc';
/** @param {import('../support/install.mjs').Name} name */
export const packages = (name) => `packages of target/tools/${name}`;

const quiet = () => {};
/** @param {Promise<{ skip?: string }>} found */
const missingReason = async (found) => (await found).skip;

/** Its first start installs it. The module needs packages that are not there before the set-up. */
async function postgres() {
  const { startPostgres } = await import('../support/postgres/server.mjs');
  await (await startPostgres()).stop();
  return undefined;
}

/** @type {readonly Tool[]} */
export const tools = [
  { name: LIVEKIT, heavy: true, make: () => missingReason(livekitServer()) },
  ...NAMES.map((name) => ({ name: packages(name), make: () => whyNotInstalled(name) })),
  { name: TYPEDOC, make: installTools },
  {
    name: CHROMIUM,
    make: async () => (await missingReason(findChromium(quiet))) ?? (await missingReason(findChromeDriver(quiet))),
  },
  { name: FIREFOX, make: () => missingReason(findFirefox(quiet)) },
  { name: POSTGRES, make: postgres },
  { name: CARGO_DENY, heavy: true, make: () => missingReason(cargoDeny(quiet)) },
  { name: WASM_PACK, heavy: true, make: () => missingReason(wasmPack(quiet)) },
  { name: GECKODRIVER, heavy: true, make: () => missingReason(geckodriver(quiet)) },
];
