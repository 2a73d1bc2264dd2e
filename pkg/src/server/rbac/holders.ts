/** Holders of identities: users who got a token with an identity that is not their id. */

import { snapshot } from '../../snapshot.js';
import type { Endpoint } from '../endpoint.js';
import type { Permission } from '../hooks.js';
import { nowSeconds } from '../now.js';
import { askStoreOrThrow } from '../stores/ask.js';
import { type Store, StoreFault } from '../stores/store.js';

/**
 * Stores that a user gets a token with an identity, so that a kick of the identity also applies to the user. Throws 503
 * if the store fails; then no token may be returned.
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

/** Stores a holder. Does nothing without the tables of moderation, because no participant can be kicked then. */
async function addTo(store: Store, issued: Parameters<NonNullable<Store['addHolder']>>[0]): Promise<void> {
  try {
    await store.addHolder?.(issued);
  } catch (error) {
    if (!(error instanceof StoreFault && error.name === 'tables are missing')) throw error;
  }
}

/** Returns the ids of the holders of an identity. Throws 503 if the store fails. */
export async function findHolders(
  { room, identity }: Pick<Permission, 'room' | 'identity'>,
  endpoint: Pick<Endpoint, 'service' | 'store' | 'log'>,
): Promise<string[]> {
  const heldSince = endpoint.service.call((rules) => rules.heldSince());
  return askStoreOrThrow(endpoint, async (store) => {
    const found: unknown = snapshot((await store.holders?.({ room, identity, heldSince })) ?? []);
    if (!Array.isArray(found) || !found.every((id) => typeof id === 'string')) {
      throw new StoreFault('moderation is malformed');
    }
    return found;
  });
}
