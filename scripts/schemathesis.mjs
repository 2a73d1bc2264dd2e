// Checks a running service against its OpenAPI document with schemathesis, a Python program that is fetched once and
// kept in node_modules/.cache. Without Python or a registry it says so, and nothing else fails.
//
// node scripts/schemathesis.mjs <address or file of the document> <address of the API> [token of a user]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modules, root } from './lib/paths.mjs';
import { prepare, pythonRecipe } from './lib/prepare.mjs';
import { main, Problem } from './lib/problem.mjs';
import { run } from './lib/run.mjs';

const FOLDER = join(modules, '.cache', 'schemathesis');
const VENV = join(FOLDER, 'venv');
const PROGRAM = join(VENV, 'bin', 'schemathesis');

/** Timeout of a run: a service that hangs must not hang its check. */
const RUN_SECONDS = 120;
const MAX_EXAMPLES = 25;
/** The same requests every time. */
const SEED = 20_260_101;

/**
 * Makes the program ready: fetched again only if what is wanted has changed.
 * @returns {Promise<{ program: string } | { missing: string }>}
 */
export async function schemathesis() {
  const where = { cwd: join(root, 'tests', 'openapi'), folder: FOLDER, made: PROGRAM };
  return (await prepare('schemathesis', pythonRecipe(VENV), where)) ?? { program: PROGRAM };
}

/**
 * Sends what the document allows and what it forbids, and checks every answer against it.
 * @param {string} program what `schemathesis()` made ready
 * @param {object} what
 * @param {string} what.document its address, or a file
 * @param {string} what.url where the paths of the document begin
 * @param {Record<string, string>} [what.headers] of every request, such as Authorization
 * @param {number} [what.maxExamples] of each operation and kind
 * @param {string[]} [what.more] more arguments of `schemathesis run`
 * @returns {Promise<{ passed: boolean, report: string }>}
 */
export async function checkAgainst(program, { document, url, headers = {}, maxExamples = MAX_EXAMPLES, more = [] }) {
  const args = ['--no-color', 'run', document, '--url', url, '--checks', 'all'];
  args.push('--max-examples', `${maxExamples}`, '--seed', `${SEED}`, '--generation-database', 'none');
  args.push('--request-timeout', '10', '--suppress-health-check', 'all', '--continue-on-failure');
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`);
  // What it keeps for itself, it keeps where it runs.
  const { code, output, timedOut } = await run(program, [...args, ...more], { cwd: FOLDER, seconds: RUN_SECONDS });
  return { passed: code === 0, report: timedOut ? `${output}\nNo end within ${RUN_SECONDS} s.` : output };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const [document, url, token] = process.argv.slice(2);
    if (document === undefined || url === undefined) {
      throw new Problem('Usage: node scripts/schemathesis.mjs <document> <address of the API> [token of a user]');
    }
    const ready = await schemathesis();
    if ('missing' in ready) throw new Problem(`schemathesis cannot run: ${ready.missing}`);
    const headers = token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } };
    const { passed, report } = await checkAgainst(ready.program, { document, url, ...headers });
    console.log(report);
    if (!passed) process.exitCode = 1;
  });
}
