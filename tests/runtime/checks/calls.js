/** Calls at a given time, and checks of their errors. */
import { ok, same } from './values.js';

/** Calls with the clock stopped at a time in Unix seconds, and at a fraction of a second later, which must not count. */
export async function at(seconds, call) {
  const { now } = Date;
  Date.now = () => seconds * 1000 + 999;
  try {
    return await call();
  } finally {
    Date.now = now;
  }
}

/** Fails unless the call throws a LivekitException with the expected fields. */
export async function refuses(edge, call, expected) {
  const error = await thrown(call);
  ok(error !== undefined, 'was not refused');
  ok(
    error instanceof edge.LivekitException,
    `threw ${Object.prototype.toString.call(error)} ${error?.name}: ${error?.message}`,
  );
  const { code, status, reason, message, violations } = error;
  const found = { code, status, reason, message, violations };
  for (const name of Object.keys(expected)) same(found[name], expected[name], name);
  same(Object.keys(error.body)[0], 'statusCode', 'the first member of the body');
  same(error.body.statusCode, status, 'statusCode of the body');
  return error;
}

/** As {@link refuses}, for a call and its variant that returns a promise, which must reject and not throw. */
export async function bothRefuse(edge, call, asyncCall, expected) {
  await refuses(edge, call, expected);
  let promise;
  const early = await thrown(() => {
    promise = asyncCall();
  });
  ok(early === undefined, 'threw instead of returning a promise that rejects');
  await refuses(edge, () => promise, expected);
}

async function thrown(call) {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('threw nothing');
  }
}
