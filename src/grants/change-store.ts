import { type SqlBool, sql } from 'kysely';
import { preparedWrite } from '../db/prepared-query.ts';
import type { Tx } from '../db/transaction.ts';
import { type NewGrant, type RevocationReason, resourcesJson } from './grant.ts';

const insertion = preparedWrite<{
  id: string;
  userId: string;
  clientId: string;
  scopes: string[];
  expiresAt: Date;
  endsAt: Date | null;
  organizers: string[];
  resources: string | null;
}>((db, param) =>
  db
    .with('inserted', (query) =>
      query
        .insertInto('grants')
        .values({
          id: param('id'),
          user_id: param('userId'),
          client_id: param('clientId'),
          scopes: param('scopes'),
          expires_at: param('expiresAt'),
          ends_at: param('endsAt'),
          resources: param('resources'),
          fingerprint: query
            .selectFrom('applications')
            .select('fingerprint')
            .where('client_id', '=', param('clientId')),
        })
        .returning('id'),
    )
    .insertInto('grant_organizers')
    .columns(['grant_id', 'organizer_slug'])
    .expression((query) =>
      query
        .selectFrom('inserted')
        .select(['id', sql<string>`unnest(${param('organizers')}::text[])`.as('slug')]),
    ),
);

/** Inserts a grant and its organizers. The caller writes the event and the mail. */
export async function insertGrant(tx: Tx, id: string, grant: NewGrant): Promise<void> {
  const { scopes, organizers, endsAt = null } = grant;
  await insertion(tx, {
    ...grant,
    id,
    scopes: [...scopes],
    organizers: [...organizers],
    endsAt,
    resources: resourcesJson(grant.resources),
  });
}

/**
 * Ends grants. Every revocation is this update: on the grant's row it waits for a concurrent refresh,
 * and a refresh waits for it. A caller with several grants has locked them, always in the same order.
 * @returns those that exist and had not ended already
 */
export function updateRevoked(
  tx: Tx,
  ids: readonly string[],
  reason: RevocationReason,
): Promise<{ id: string; userId: string; clientId: string }[]> {
  const any = sql<string>`any(${[...ids]}::text[])`;
  return tx
    .with('forgotten', (db) => db.deleteFrom('refresh_replays').where('grant_id', '=', any))
    .updateTable('grants')
    .set({ revoked_at: sql`now()`, revocation_reason: reason })
    .where('id', '=', any)
    .where('revoked_at', 'is', null)
    .returning(['id', 'user_id as userId', 'client_id as clientId'])
    .execute();
}

/**
 * Removes scopes and organizers and sets the end of a grant whose row is locked. Applies to live
 * tokens at once, because their access is read from here.
 */
export async function updateNarrowed(
  tx: Tx,
  id: string,
  left: {
    readonly scopes: readonly string[];
    readonly organizers: readonly string[];
    readonly endsAt: Date | null;
  },
): Promise<void> {
  await tx
    .updateTable('grants')
    .set({ scopes: [...left.scopes], ends_at: left.endsAt })
    .where('id', '=', id)
    .execute();
  await tx
    .deleteFrom('grant_organizers')
    .where('grant_id', '=', id)
    .where(sql<SqlBool>`organizer_slug <> all (${[...left.organizers]}::text[])`)
    .execute();
}
