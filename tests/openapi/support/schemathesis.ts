/** Checks a running service against its OpenAPI document with schemathesis, a Python program. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { type Missing, prepare, pythonRecipe } from '../../support/prepare.ts';

const FOLDER = join(root, '.data', 'schemathesis');
const VENV = join(FOLDER, 'venv');
const PROGRAM = join(VENV, 'bin', 'schemathesis');

/** Timeout of a run: a service that hangs must not hang its check. */
const RUN_SECONDS = 120;
const MAX_EXAMPLES = 25;
/** The same requests every time. */
const SEED = 20_260_101;

/** Makes the program ready. */
export async function schemathesis(): Promise<{ program: string } | Missing> {
  mkdirSync(FOLDER, { recursive: true });
  const missing = await prepare('schemathesis', pythonRecipe(VENV), join(root, 'tests', 'openapi'), PROGRAM);
  return missing ?? { program: PROGRAM };
}

interface Service {
  /** Its address, or a file. */
  document: string;
  /** Where the paths of the document begin. */
  url: string;
  /** Of every request, such as Authorization. */
  headers?: Record<string, string>;
  /** Of each operation and kind. */
  maxExamples?: number;
  /** More arguments of `schemathesis run`. */
  more?: string[];
}

/** Sends what the document allows and what it forbids, and checks every answer against it. */
export async function checkAgainst(
  program: string,
  { document, url, headers = {}, maxExamples = MAX_EXAMPLES, more = [] }: Service,
): Promise<{ passed: boolean; report: string }> {
  const args = ['--no-color', 'run', document, '--url', url, '--checks', 'all'];
  args.push('--max-examples', `${maxExamples}`, '--seed', `${SEED}`, '--generation-database', 'none');
  args.push('--request-timeout', '10', '--suppress-health-check', 'all', '--continue-on-failure');
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`);
  // What it keeps for itself, it keeps where it runs.
  const { code, output, timedOut } = await run(program, [...args, ...more], { cwd: FOLDER, seconds: RUN_SECONDS });
  return { passed: code === 0, report: timedOut ? `${output}\nNo end within ${RUN_SECONDS} s.` : output };
}
