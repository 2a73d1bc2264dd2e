/**
 * Writes the vectors of the runtime suite: `node tests/runtime/make-vectors.mjs`. Tokens are signed with node:crypto and
 * claims are written by hand, so that no expectation is a result of the package.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modules, root } from '../../scripts/lib/paths.mjs';
import { main } from '../../scripts/lib/problem.mjs';
import { mustRun } from '../../scripts/lib/run.mjs';
import { KEY, NOW, SECRET } from './vectors/jws.mjs';
import * as requests from './vectors/requests.mjs';
import * as tokens from './vectors/tokens.mjs';
import * as verified from './vectors/verified.mjs';
import * as webhooks from './vectors/webhooks.mjs';

export const FOLDER = join(root, 'tests', 'vectors');

const MADE = 'Made by tests/runtime/make-vectors.mjs, not by the package.';
const COMMON = { apiKey: KEY, apiSecret: SECRET, now: NOW };

/** The content of each file, by its name. */
export const files = {
  'tokens.json': {
    about: `Access tokens: minted and not minted, accepted and refused. ${MADE}`,
    ...COMMON,
    ...tokens,
    ...verified,
  },
  'requests.json': { about: `Requests for tokens, and configurations. ${MADE}`, now: NOW, ...requests },
  'webhooks.json': { about: `Webhooks. ${MADE}`, ...COMMON, ...webhooks },
};

async function writeVectors() {
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(FOLDER, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  });
  const biome = join(modules, '@biomejs', 'biome', 'bin', 'biome');
  await mustRun(process.execPath, [biome, 'format', '--write', ...paths], 'biome could not format the vectors.');
}

await main(writeVectors, import.meta.url);
