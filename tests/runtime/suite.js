/** One suite for every runtime: JSON vectors against the package as it is installed. It needs nothing but the web's own names. */
import { requestChecks } from './checks/requests.js';
import { sdkChecks, tokenChecks } from './checks/tokens.js';
import { trapChecks } from './checks/traps.js';
import { revive } from './checks/values.js';
import { webhookChecks } from './checks/webhooks.js';

/**
 * Runs every vector, one after the other, since some set the clock.
 *
 * @param {typeof import('livekit-edge')} edge the imported package
 * @param {string} vectors JSON: the content of each file of vectors, by its name
 * @returns {Promise<{ passed: number, failed: string[] }>} of each failed vector the name and what happened
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
 * Runs the vectors of what `livekit-edge/tokens` exports, as {@link run} does.
 *
 * @param {typeof import('livekit-edge/tokens')} edge the imported package
 * @param {string} vectors JSON: the content of each file of vectors, by its name
 * @returns {Promise<{ passed: number, failed: string[] }>} of each failed vector the name and what happened
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
