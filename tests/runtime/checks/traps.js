/** After a trap the next call works: here a stack overflow in the module, which every runtime reports in another way. */
import { ok, same } from './values.js';

/** Enough calls for a module that is meanwhile compiled to faster code. */
const MAX_ROUNDS = 50;

export const trapChecks = () => [['trap', survives, [{ name: 'stack overflow' }]]];

async function survives(edge) {
  const [apiKey, apiSecret] = ['api-key', 'a-secret-of-more-than-thirty-two-bytes'];
  const service = new edge.LivekitService({ apiKey, apiSecret });
  const verifier = new edge.TokenVerifier(apiKey, apiSecret);
  const mint = () => service.generateToken({ roomId: 'room', identity: 'user' }).token;
  const { Instance } = WebAssembly;
  let instances = 0;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      instances++;
      return new target(...args);
    },
  });
  try {
    for (let round = 0; instances === 0; round++) {
      ok(round < MAX_ROUNDS, 'the module was never left without stack');
      // The first call, with enough stack, compiles what the others use.
      mint();
      withoutStack(mint);
      same(verifier.verifySync(mint()).sub, 'user', 'the subject');
    }
  } finally {
    WebAssembly.Instance = Instance;
  }
}

/**
 * Calls an operation with almost no stack left: first in the deepest function, until it succeeds.
 *
 * @param {() => unknown} operation
 * @returns {unknown[]} the errors before
 */
export function withoutStack(operation) {
  const errors = [];
  let isDone = false;
  const dig = () => {
    try {
      dig();
    } catch (overflow) {
      if (isDone) return;
      try {
        operation();
        isDone = true;
      } catch (error) {
        errors.push(error);
      }
      throw overflow;
    }
  };
  dig();
  ok(isDone, 'the operation never worked');
  return errors;
}
