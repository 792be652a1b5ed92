import { type SqlBool, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Grant, GrantDetails, NewGrant, RevocationReason } from './grant.ts';

/** Inserts a grant and its organizers. It is the caller's part to write the event and the mail. */
export async function insertGrant(tx: Tx, id: string, grant: NewGrant): Promise<void> {
  await tx
    .insertInto('grants')
    .values({
      id,
      user_id: grant.userId,
      client_id: grant.clientId,
      scopes: [...grant.scopes],
      expires_at: grant.expiresAt,
    })
    .execute();
  if (grant.organizers.length > 0) {
    await tx
      .insertInto('grant_organizers')
      .values(grant.organizers.map((slug) => ({ grant_id: id, organizer_slug: slug })))
      .execute();
  }
}

/** One grant, revoked or not. */
export async function selectGrant(db: Db, id: string): Promise<Grant | undefined> {
  const row = await db
    .selectFrom('grants')
    .select(['id', 'user_id', 'client_id', 'scopes', 'revocation_reason'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      userId: row.user_id,
      clientId: row.client_id,
      scopes: row.scopes,
      revocationReason: row.revocation_reason ?? undefined,
    }
  );
}

/** The newest live grant of a user and application that has all of `scopes`. */
export async function selectCoveringGrant(
  db: Db,
  wanted: { userId: string; clientId: string; scopes: readonly string[]; organizers: boolean },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('grants as g')
    .select('g.id')
    .where('g.user_id', '=', wanted.userId)
    .where('g.client_id', '=', wanted.clientId)
    .where('g.revoked_at', 'is', null)
    .where('g.expires_at', '>', sql<Date>`now()`)
    .where(sql<SqlBool>`g.scopes @> ${[...wanted.scopes]}::text[]`)
    .$if(wanted.organizers, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('grant_organizers as o')
            .innerJoin('memberships as m', 'm.organizer_slug', 'o.organizer_slug')
            .whereRef('o.grant_id', '=', 'g.id')
            .whereRef('m.user_id', '=', 'g.user_id')
            .select('o.organizer_slug'),
        ),
      ),
    )
    .orderBy('g.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/**
 * Ends a grant. The one update that every revocation is: it waits for a refresh in flight, and a
 * refresh waits for it, on the grant's row.
 * @returns whose it was, or undefined where it had ended already or never was
 */
export async function updateRevoked(
  tx: Tx,
  id: string,
  reason: RevocationReason,
): Promise<{ userId: string; clientId: string } | undefined> {
  const row = await tx
    .updateTable('grants')
    .set({ revoked_at: sql`now()`, revocation_reason: reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning(['user_id', 'client_id'])
    .executeTakeFirst();
  return row && { userId: row.user_id, clientId: row.client_id };
}

/** The live grants of a user, newest first; with `id`, only that one. */
export async function selectLiveGrants(
  db: Db,
  userId: string,
  id?: string,
): Promise<GrantDetails[]> {
  const rows = await detailed(db)
    .where('g.user_id', '=', userId)
    .where('g.revoked_at', 'is', null)
    .where('g.expires_at', '>', sql<Date>`now()`)
    .$if(id !== undefined, (query) => query.where('g.id', '=', id ?? ''))
    .orderBy('g.created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    scopes: row.scopes,
    revocationReason: undefined,
    applicationName: row.application_name,
    homepageUrl: row.homepage_url,
    organizers: row.organizers,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  }));
}

function detailed(db: Db) {
  return db
    .selectFrom('grants as g')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .select((eb) => [
      'g.id',
      'g.user_id',
      'g.client_id',
      'g.scopes',
      'g.created_at',
      'g.last_used_at',
      'g.expires_at',
      'a.name as application_name',
      'a.homepage_url',
      jsonArrayFrom(
        eb
          .selectFrom('grant_organizers as o')
          .innerJoin('organizers as n', 'n.slug', 'o.organizer_slug')
          .whereRef('o.grant_id', '=', 'g.id')
          .select(['n.slug', 'n.name'])
          .orderBy('n.slug'),
      ).as('organizers'),
    ]);
}

/** What the mail about a grant's end needs to know of its user and application. */
export async function selectParties(
  db: Db,
  userId: string,
  clientId: string,
): Promise<Parties | undefined> {
  const row = await db
    .selectFrom('users as u')
    .innerJoin('applications as a', (join) => join.on('a.client_id', '=', clientId))
    .leftJoin('users as owner', 'owner.id', 'a.owner_id')
    .where('u.id', '=', userId)
    .select([
      'u.email',
      'u.locale',
      'u.timezone',
      'a.name',
      'a.homepage_url',
      'owner.full_name as owner_name',
    ])
    .executeTakeFirst();
  return (
    row && {
      email: row.email,
      locale: row.locale,
      timezone: row.timezone,
      application: { name: row.name, owner: row.owner_name, homepageUrl: row.homepage_url },
    }
  );
}

/** The user of a grant, as a mail addresses them, and the application, as a mail shows it. */
export interface Parties {
  readonly email: string;
  readonly locale: string;
  readonly timezone: string;
  readonly application: {
    readonly name: string;
    readonly owner: string | null;
    readonly homepageUrl: string | null;
  };
}
