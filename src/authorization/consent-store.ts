import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/database.ts';
import type { JsonRow } from '../db/json-row.ts';
import { preparedQuery, preparedWrite } from '../db/prepared-query.ts';
import type { Tx } from '../db/transaction.ts';
import { type OrganizerWithTeams, organizersWithTeams } from '../directory/organizer-store.ts';
import type { EarlierGrant } from '../grants/grant.ts';
import { earlierGrants } from '../grants/store.ts';
import type { PendingInteraction } from './interaction.ts';

const locking = preparedWrite<{ key: string }>(
  (_db, param) => sql`select pg_advisory_xact_lock(hashtextextended(${param('key')}::text, 0))`,
);

/**
 * Lets consents of one user and application wait for each other until the transaction ends. A statement
 * of its own: what is read afterwards includes the grant of the other one.
 */
export async function lockConsents(
  tx: Tx,
  { user, application }: Pick<PendingInteraction, 'user' | 'application'>,
): Promise<void> {
  await locking(tx, { key: `consents of ${user?.id} to ${application?.clientId}` });
}

/** Choices of a user, and what the user has chosen before. */
interface Choices {
  /** The user's organizers, by slug; undefined if they were not asked for. */
  readonly organizers: readonly OrganizerWithTeams[] | undefined;
  /** Live grants of the same application, newest first. */
  readonly earlier: readonly EarlierGrant[];
}

interface Row {
  readonly organizers: readonly OrganizerWithTeams[] | null;
  readonly earlier: readonly JsonRow<EarlierGrant>[];
}

const choices = preparedQuery<{ userId: string; clientId: string; organizers: boolean }, Row>(
  (db, param) => {
    const [userId, clientId] = [param('userId'), param('clientId')];
    const organizers = sql`(
      select coalesce(json_agg(o order by o.slug), '[]') from (${organizersWithTeams(userId)}) o
    )`;
    return sql<Row>`
      select case when ${param('organizers')}::boolean then ${organizers} end as organizers,
        ${jsonArrayFrom(earlierGrants(db, { userId, clientId }))} as earlier`;
  },
);

/**
 * Reads them by one statement, as JSON: the driver takes ten times as long to read lists of texts.
 * @param wanted `organizers`: the user's organizers matter
 */
export async function selectChoices(
  db: Db,
  wanted: { readonly userId: string; readonly clientId: string; readonly organizers: boolean },
): Promise<Choices> {
  const [row] = await choices(db, wanted);
  const earlier = row?.earlier ?? [];
  return {
    organizers: row?.organizers ?? undefined,
    earlier: earlier.map((grant) => ({
      ...grant,
      createdAt: new Date(grant.createdAt),
      endsAt: grant.endsAt === null ? null : new Date(grant.endsAt),
    })),
  };
}
