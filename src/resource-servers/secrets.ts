import { isClientId } from '../applications/application.ts';
import { isGood, SECRET_LIMIT } from '../applications/secrets.ts';
import { record } from '../audit/record.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import type { ResourceServer, ResourceServerSecret } from './resource-server.ts';
import {
  deleteServerSecretRow,
  insertServerSecret,
  lockResourceServer,
  selectServerSecrets,
} from './secret-store.ts';
import { resourceServerById } from './store.ts';

/** The secrets of a resource server, the oldest first, expired ones too; undefined: no such server. */
export async function listServerSecrets(
  db: Db,
  clientId: string,
): Promise<ResourceServerSecret[] | undefined> {
  const known = isClientId(clientId) && (await resourceServerById(db, clientId)) !== undefined;
  return known ? selectServerSecrets(db, clientId) : undefined;
}

/**
 * Adds a secret, which is returned here and never again. Those before it stay good.
 * @throws StagedoorError `not_found`; ValidationError if there are five already, or the end is past
 */
export async function addServerSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  { label, expiresAt }: { readonly label: string; readonly expiresAt: Date | null },
): Promise<{ secret: ResourceServerSecret; clientSecret: string }> {
  const server = await lockOrThrow(tx, clientId);
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw new ValidationError({ expires_at: ['This is in the past.'] });
  }
  if ((await selectServerSecrets(tx, clientId)).filter(isGood).length >= SECRET_LIMIT) {
    throw new ValidationError({
      secret: [
        `A resource server has at most ${SECRET_LIMIT} secrets. Delete one that is not used.`,
      ],
    });
  }
  const clientSecret = newCredential('sds');
  const lastFour = clientSecret.slice(-4);
  const hash = hashOf(clientSecret);
  const secret = await insertServerSecret(tx, clientId, { hash, lastFour, label, expiresAt });
  await record(tx, {
    action: 'stagedoor.resource_server.secret_added',
    actor,
    clientId,
    data: { ...namesOf(server, secret), expires_at: expiresAt?.toISOString() ?? null },
  });
  return { secret, clientSecret };
}

/**
 * Deletes a secret: from then on it opens nothing.
 * @throws StagedoorError `not_found`; `conflict` if it is the last good one, without which the API
 *   service would refuse everybody
 */
export async function deleteServerSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  id: string,
): Promise<void> {
  const server = await lockOrThrow(tx, clientId);
  const secrets = await selectServerSecrets(tx, clientId);
  const secret = secrets.find((one) => one.id === id);
  if (secret === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  if (isGood(secret) && secrets.filter(isGood).length === 1) {
    throw new StagedoorError(
      'conflict',
      'This is the last secret. Add a new one and let the API service use it, then delete this one; or delete the resource server.',
    );
  }
  await deleteServerSecretRow(tx, secret.id);
  await record(tx, {
    action: 'stagedoor.resource_server.secret_deleted',
    actor,
    clientId,
    data: namesOf(server, secret),
  });
}

async function lockOrThrow(tx: Tx, clientId: string): Promise<ResourceServer> {
  const server = isClientId(clientId) ? await lockResourceServer(tx, clientId) : undefined;
  if (server === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  return server;
}

function namesOf(server: ResourceServer, { id, label, lastFour }: ResourceServerSecret) {
  return { name: server.name, secret: id, label, last_four: lastFour };
}
