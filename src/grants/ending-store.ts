import { sql } from 'kysely';
import { isLiveGrant, PARTIES_ACTIVE } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import { proofHost } from '../lib/client-id.ts';
import type { MailAccess } from '../mail/mail.ts';

/** A grant that ends unused, and its user, as a mail addresses them. */
export interface EndingGrant extends MailAccess {
  readonly grantId: string;
  readonly recipient: string;
  readonly locale: string;
  readonly timezone: string;
  readonly endsAt: Date;
}

/**
 * Takes live grants with one of the `writing` scopes that end within so many days because they are
 * unused, and records that their users are notified. Skips grants that another process takes at
 * this moment, and those whose own end is sooner, because the user chose it.
 */
export async function takeEndingGrants(
  tx: Tx,
  { days, writing, limit }: { days: number; writing: readonly string[]; limit: number },
): Promise<EndingGrant[]> {
  const { rows } = await sql<EndingGrant & { readonly clientId: string }>`
    with due as (
      select g.id
      from grants g
        join applications a on a.client_id = g.client_id
        join users u on u.id = g.user_id
      where ${sql.raw(isLiveGrant('g'))} and ${sql.raw(PARTIES_ACTIVE)}
        and g.expires_at <= now() + make_interval(days => ${days}::int)
        and (g.ends_at is null or g.ends_at > g.expires_at)
        and g.scopes && ${[...writing]}::text[]
        and (g.expiry_notice_at is null
          or g.expiry_notice_at < coalesce(g.last_used_at, g.created_at))
      order by g.expires_at
      limit ${limit}
      for update of g skip locked
    ), told as (
      update grants set expiry_notice_at = now() from due where grants.id = due.id
      returning grants.id, grants.user_id, grants.client_id, grants.scopes, grants.expires_at
    )
    select told.id as "grantId", told.client_id as "clientId", u.email as recipient,
      coalesce(u.chosen_locale, u.locale) as locale,
      coalesce(u.chosen_timezone, u.timezone) as timezone,
      json_build_object('name', a.name, 'owner', owner.full_name, 'reviewedHomepage',
        case when a.reviewed_at is not null then a.homepage_url end) as application,
      told.scopes, told.expires_at as "endsAt",
      coalesce((
        select json_agg(json_build_object('slug', n.slug, 'name', n.name) order by n.slug)
        from grant_organizers o join organizers n on n.slug = o.organizer_slug
        where o.grant_id = told.id
      ), '[]') as organizers
    from told
      join users u on u.id = told.user_id
      join applications a on a.client_id = told.client_id
      left join users owner on owner.id = a.owner_id
  `.execute(tx);
  return rows.map(({ clientId, application, ...grant }) => ({
    ...grant,
    application: { ...application, documentHost: proofHost(clientId) },
  }));
}
