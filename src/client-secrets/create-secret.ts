import type { Tx } from '../db/transaction.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import type { ClientSecret } from './client-secret.ts';
import { insertSecret, type SecretTable } from './store.ts';

/** Creates a secret for a client. The secret itself is returned here and never again. */
export async function createSecret(
  tx: Tx,
  table: SecretTable,
  clientId: string,
  {
    label = '',
    expiresAt = null,
  }: { readonly label?: string; readonly expiresAt?: Date | null } = {},
): Promise<{ secret: ClientSecret; clientSecret: string }> {
  const clientSecret = newCredential('sds');
  const secret = await insertSecret(tx, table, {
    client_id: clientId,
    secret_hash: hashOf(clientSecret),
    last_four: clientSecret.slice(-4),
    label,
    expires_at: expiresAt,
  });
  return { secret, clientSecret };
}
