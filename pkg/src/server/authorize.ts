/** who asks, for what → what the store knows of it → whether they may. */
import { plain } from '../plain.js';
import { admitCaller, type Caller, type GrantedRequest, type ReadCreateToken } from '../wasm/core.js';
import type { Endpoint } from './endpoint.js';
import type { FactsQuestion } from './store/store.js';

/** Milliseconds after which a store counts as unavailable. */
const STORE_DEADLINE = 2000;

/** Turns a request to join into one that may be granted. Throws 503, 401, 400 or 403. */
export async function authorize(caller: Caller, request: ReadCreateToken, endpoint: Endpoint): Promise<GrantedRequest> {
  const { channelId, identity } = request;
  const facts = await ask({ ...user(caller), channelId, groupId: null, identity }, endpoint);
  return endpoint.service.authorizeJoin(caller, request.fields, facts);
}

/** Lets in a caller whom the store knows. Throws 503 or 401. */
export async function admit(caller: Caller, endpoint: Endpoint): Promise<void> {
  admitCaller(caller, await ask({ ...user(caller), channelId: null, groupId: null, identity: null }, endpoint));
}

const user = ({ userId, tokenId }: Caller) => ({ userId, tokenId: tokenId ?? null });

/** Asks the store. Whatever goes wrong, there are no facts, and the rules refuse. Its error may hold what no log may. */
async function ask(question: FactsQuestion, { store, log }: Endpoint): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      log.error('The store did not answer', { milliseconds: STORE_DEADLINE });
      resolve(null);
    }, STORE_DEADLINE);
  });
  try {
    // Read to the end in here: a row may be a trap, too.
    return plain(await Promise.race([store().facts(question), deadline]));
  } catch (error) {
    log.error('The store failed', { error: error instanceof Error ? error.name : typeof error });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
