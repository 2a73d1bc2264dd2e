/** One suite for every runtime: JSON vectors against the installed package. It uses only web APIs. */
import { requestChecks } from './checks/requests.js';
import { sdkChecks, tokenChecks } from './checks/tokens.js';
import { trapChecks } from './checks/traps.js';
import { revive } from './checks/values.js';
import { webhookChecks } from './checks/webhooks.js';

/**
 * Runs the vectors one after the other, because some set the clock.
 *
 * @param {typeof import('livekit-edge')} edge the imported package
 * @param {string} vectors JSON: the content of each file of vectors, by its name
 * @returns {Promise<{ passed: number, failed: string[] }>} the name and the error of each failed vector
 */
export function run(edge, vectors) {
  const files = revive(JSON.parse(vectors));
  return runChecks(edge, [
    ...tokenChecks(files),
    ...sdkChecks(files),
    ...requestChecks(files),
    ...webhookChecks(files),
    ...trapChecks(),
  ]);
}

/**
 * Runs the vectors of the exports of `livekit-edge/tokens`, like {@link run}.
 *
 * @param {typeof import('livekit-edge/tokens')} edge the imported package
 * @param {string} vectors JSON: the content of each file of vectors, by its name
 * @returns {Promise<{ passed: number, failed: string[] }>} the name and the error of each failed vector
 */
export function runTokens(edge, vectors) {
  const files = revive(JSON.parse(vectors));
  return runChecks(edge, [...tokenChecks(files), ...requestChecks(files), ...trapChecks()]);
}

async function runChecks(edge, checks) {
  let passed = 0;
  const failed = [];
  for (const [group, check, cases] of checks) {
    for (const vector of cases) {
      try {
        await check(edge, vector);
        passed++;
      } catch (error) {
        failed.push(`${group}: ${vector.name}: ${error}`);
      }
    }
  }
  return { passed, failed };
}
