/** Who holds which identity: users who got a token for one that is not their id. */

import { snapshot } from '../../snapshot.js';
import type { Endpoint } from '../endpoint.js';
import type { Permission } from '../hooks.js';
import { nowSeconds } from '../now.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { type Store, StoreFault } from '../stores/store.js';

/**
 * Stores that a user gets a token for an identity, so that a kick of the identity is one of the user too. Throws 503 if the store
 * fails, after which no token may be returned.
 */
export async function addHolder(
  userId: string,
  { room, identity }: Pick<Permission, 'room' | 'identity'>,
  endpoint: Endpoint,
): Promise<void> {
  if (identity === userId) return;
  const heldSince = endpoint.service.call((rules) => rules.heldSince());
  const issued = { room, identity, userId, issuedAt: nowSeconds(), heldSince };
  await askStoreOrThrow(endpoint, (store) => addTo(store, issued));
}

/** Without the tables of moderation no participant can be kicked, so that no identity needs to be known. */
async function addTo(store: Store, issued: Parameters<NonNullable<Store['addHolder']>>[0]): Promise<void> {
  try {
    await store.addHolder?.(issued);
  } catch (error) {
    if (!(error instanceof StoreFault && error.name === 'tables are missing')) throw error;
  }
}

/** The ids of the users who hold an identity. Throws 503 if the store fails. */
export async function holdersOf(
  { room, identity }: Pick<Permission, 'room' | 'identity'>,
  endpoint: Pick<Endpoint, 'service' | 'store' | 'log'>,
): Promise<string[]> {
  const heldSince = endpoint.service.call((rules) => rules.heldSince());
  return askStoreOrThrow(endpoint, async (store) => {
    const found: unknown = snapshot((await store.holders?.({ room, identity, heldSince })) ?? []);
    if (!Array.isArray(found) || !found.every((id) => typeof id === 'string')) {
      throw new StoreFault('moderation is of another shape');
    }
    return found;
  });
}
