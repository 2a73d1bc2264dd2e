// Measures the time from import to the first token, each time in a fresh Node process, in turns.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist, generated, node24, root } from '../../scripts/lib/paths.mjs';
import { forProcesses } from '../lib/bundle.mjs';
import { printed } from '../lib/child.mjs';
import { time, withQuartiles } from '../lib/format.mjs';
import { inTurns } from '../lib/rounds.mjs';
import { findings, section, timesChart, timesTable } from '../lib/section.mjs';
import { spread } from '../lib/statistics.mjs';
import { isInstalled, PEERS } from '../tokens/field.mjs';

const FIRST_TOKEN = join(root, 'bench', 'cold', 'first-token.mjs');
const MODULE = join(root, 'bench', 'cold', 'module.mjs');
const PEER_FILES = join(root, 'bench', 'tokens', 'peers');
const OURS = 'livekit-edge';
const TOKENS = 'livekit-edge/tokens';
const MS = 1e6;

/** @param {import('../lib/context.mjs').Context} context */
export async function coldStart({ processes, say }) {
  const found = section('Cold start', [
    'From the import of a package to its first token, in a fresh Node process each time: the files as npm installs them, then one file that esbuild has bundled and minified, as for deployment. The start of Node is not included.',
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'livekit-edge-bench-'));
  try {
    const peers = PEERS.filter(({ needs }) => isInstalled(needs));
    found.skipped.push(...PEERS.filter((peer) => !peers.includes(peer)).map(({ needs }) => `${needs}: not installed`));
    const name = (/** @type {(typeof PEERS)[number]} */ { needs }) => needs ?? 'node:crypto by hand';
    const installed = new Map(peers.map((peer) => [name(peer), join(PEER_FILES, `${peer.file}.mjs`)]));
    installed.set(TOKENS, join(root, 'bench', 'cold', 'tokens-entry.mjs'));
    const bundles = new Map();
    for (const peer of peers) {
      const path = join(folder, `${peer.file}.mjs`);
      writeFileSync(path, await forProcesses(`export { default } from ${JSON.stringify(installed.get(name(peer)))};`));
      bundles.set(name(peer), path);
    }
    for (const [caption, paths] of /** @type {[string, Map<string, string>][]} */ ([
      ['As installed', installed],
      ['Bundled into one file', bundles],
    ])) {
      const values = await inTurns(
        [...paths.keys()],
        { rounds: processes, onRound: (round) => say(`${caption.toLowerCase()}, round ${round + 1} of ${processes}`) },
        async (peer) => {
          const url = pathToFileURL(paths.get(peer) ?? '').href;
          return (await printed(node24(), [FIRST_TOKEN, url])).milliseconds * MS;
        },
      );
      found.tables.push({ caption, table: timesTable(values, OURS) });
      found.charts.push(
        timesChart(`Cold start, ${caption.toLowerCase()}: import to first token`, values, [OURS, TOKENS]),
      );
      const goal =
        paths === installed
          ? 'first token / livekit-server-sdk, installed'
          : 'first token / livekit-server-sdk, bundled';
      Object.assign(found.findings, findings(values, OURS, { [goal]: 'livekit-server-sdk' }));
      const goalOfTokens = 'first token of livekit-edge/tokens / livekit-server-sdk, installed';
      Object.assign(found.findings, findings(values, TOKENS, { [goalOfTokens]: 'livekit-server-sdk' }));
    }
    found.tables.push({ caption: 'The module alone', table: await moduleAlone(processes, say) });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return found;
}

/**
 * @param {number} processes
 * @param {(text: string) => void} say
 */
async function moduleAlone(processes, say) {
  /** @type {Record<string, number[]>} */
  const parts = { compile: [], instantiate: [], loader: [] };
  const loader = pathToFileURL(join(dist, 'wasm', 'loader.default.js')).href;
  for (let round = 0; round < processes; round += 1) {
    say(`the module alone, round ${round + 1} of ${processes}`);
    const module = await printed(node24(), [MODULE, 'module', join(generated, 'livekit_edge.wasm')]);
    const took = { ...module, ...(await printed(node24(), [MODULE, 'loader', loader])) };
    for (const [part, values] of Object.entries(parts)) values.push(took[part] * MS);
  }
  const name = (/** @type {string} */ part) => (part === 'loader' ? 'the default loader: base64 and compile' : part);
  return {
    columns: ['', 'median (quartiles)'],
    rows: Object.entries(parts).map(([part, values]) => [name(part), withQuartiles(spread(values), time)]),
  };
}
