import type { Tx } from '../db/transaction.ts';
import { ValidationError } from '../lib/errors.ts';
import { quote } from '../lib/printable.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import { deleteOtherResources, upsertResources } from './resource-store.ts';

/**
 * Replaces the resources of a server. Tokens for a resource that is removed are inactive from then on.
 * @param uris absolute URIs without fragment, of which no two are the same
 * @throws ValidationError if a resource belongs to another server
 */
export async function replaceResources(
  tx: Tx,
  clientId: string,
  uris: readonly string[],
): Promise<void> {
  const resources = uris.map((uri) => ({ key: resourceKey(uri) ?? uri, uri }));
  await deleteOtherResources(tx, clientId, resources);
  const taken = await upsertResources(tx, clientId, resources);
  if (taken.length > 0) {
    throw new ValidationError({
      resources: taken.map((uri) => `${quote(uri)} is a resource of another resource server.`),
    });
  }
}
