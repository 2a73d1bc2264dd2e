/** who asks, for what → what the store knows of it → whether they may. */
import type { LivekitService } from '../service.js';
import { admit as admitCaller, type Caller, type GrantedRequest, type ReadCreateToken } from '../wasm/core.js';
import { STORE_UNAVAILABLE } from './errors.js';
import type { FactsQuestion, FactsRow, Store } from './store/store.js';

/** Milliseconds after which a store counts as unavailable. */
const STORE_DEADLINE = 2000;

/** Turns a request to join into one that may be granted. Throws 503, 401, 400 or 403. */
export async function authorize(
  caller: Caller,
  request: ReadCreateToken,
  store: () => Store,
  service: LivekitService,
): Promise<GrantedRequest> {
  const { channelId, identity } = request;
  const facts = await ask(store, { ...user(caller), channelId, identity });
  return service.authorizeJoin(caller, request.fields, facts);
}

/** Lets in a caller whom the store knows. Throws 503 or 401. */
export async function admit(caller: Caller, store: () => Store): Promise<void> {
  admitCaller(caller, await ask(store, { ...user(caller), channelId: null, identity: null }));
}

const user = ({ userId, tokenId }: Caller) => ({ userId, tokenId: tokenId ?? null });

/** Fails closed: whatever goes wrong with the store, there are no facts. */
async function ask(store: () => Store, question: FactsQuestion): Promise<FactsRow> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(STORE_UNAVAILABLE), STORE_DEADLINE);
  });
  try {
    return await Promise.race([store().facts(question), deadline]);
  } catch {
    throw STORE_UNAVAILABLE;
  } finally {
    clearTimeout(timer);
  }
}
