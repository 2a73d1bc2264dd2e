/** One suite for every runtime: JSON vectors against the package as it is installed. It needs nothing but the web's own names. */
import { requestChecks } from './checks/requests.js';
import { tokenChecks } from './checks/tokens.js';
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
export async function run(edge, vectors) {
  const files = revive(JSON.parse(vectors));
  let passed = 0;
  const failed = [];
  for (const checks of [tokenChecks(files), requestChecks(files), webhookChecks(files), trapChecks()]) {
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
  }
  return { passed, failed };
}
