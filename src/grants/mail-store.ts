import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Db } from '../db/database.ts';
import { proofHost } from '../lib/client-id.ts';

/** Recipient and content of a mail about a grant. */
export type GrantForMail = NonNullable<Awaited<ReturnType<typeof selectGrantForMail>>>;

/** Returns a live or ended grant as mails describe it. */
export async function selectGrantForMail(db: Db, id: string) {
  const row = await db
    .selectFrom('grants as g')
    .innerJoin('users as u', 'u.id', 'g.user_id')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .leftJoin('users as owner', 'owner.id', 'a.owner_id')
    .where('g.id', '=', id)
    .select((eb) => [
      'u.email',
      sql<string>`coalesce(u.chosen_locale, u.locale)`.as('locale'),
      sql<string>`coalesce(u.chosen_timezone, u.timezone)`.as('timezone'),
      'a.client_id',
      'a.name',
      sql<string | null>`case when a.reviewed_at is not null then a.homepage_url end`.as(
        'homepage',
      ),
      'owner.full_name as owner_name',
      'g.scopes',
      'g.created_at',
      jsonArrayFrom(
        eb
          .selectFrom('grant_organizers as o')
          .innerJoin('organizers as n', 'n.slug', 'o.organizer_slug')
          .whereRef('o.grant_id', '=', 'g.id')
          .select(['n.slug', 'n.name'])
          .orderBy('n.slug'),
      ).as('organizers'),
    ])
    .executeTakeFirst();
  return (
    row && {
      email: row.email,
      locale: row.locale,
      timezone: row.timezone,
      access: {
        application: {
          name: row.name,
          owner: row.owner_name,
          reviewedHomepage: row.homepage,
          documentHost: proofHost(row.client_id),
        },
        scopes: row.scopes,
        organizers: row.organizers,
      },
      createdAt: row.created_at,
    }
  );
}
