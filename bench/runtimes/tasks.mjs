// The tasks on every runtime: livekit-edge, LiveKit's SDK and jose, with only Web Crypto.

import { requestAt } from '../tokens/claims.mjs';
import jose from '../tokens/peers/jose.mjs';
import edge from '../tokens/peers/livekit-edge.mjs';
import sdk from '../tokens/peers/livekit-server-sdk.mjs';

const candidates = [...edge, ...sdk, ...jose].filter(
  ({ name }) => !name.startsWith('await') && name !== 'generateToken',
);

/** @type {string[] | undefined} */
let tokens;

/**
 * @param {string} task `mint` or `verify` and a candidate's name
 * @param {number} count
 */
export async function work(task, count) {
  const [what, name] = [task.slice(0, task.indexOf(' ')), task.slice(task.indexOf(' ') + 1)];
  const candidate = candidates.find((candidate) => candidate.name === name);
  const mint = what === 'mint' ? candidate?.mint : undefined;
  const verify = what === 'verify' ? candidate?.verify : undefined;
  if (mint?.sync) for (let i = 0; i < count; i += 1) mint.sync(requestAt(i));
  else if (mint?.async) for (let i = 0; i < count; i += 1) await mint.async(requestAt(i));
  else if (verify) {
    tokens ??= await Promise.all(Array.from({ length: 64 }, (_, i) => signed(requestAt(i))));
    const all = tokens;
    if (verify.sync) for (let i = 0; i < count; i += 1) verify.sync(all[i % 64] ?? '');
    else for (let i = 0; i < count; i += 1) await verify.async?.(all[i % 64] ?? '');
  } else throw new Error(`no such task: ${task}`);
}

/** @param {import('../tokens/claims.mjs').Request} request */
async function signed(request) {
  const token = await jose[0]?.mint?.async?.(request);
  if (token === undefined) throw new Error('jose mints nothing');
  return token;
}
