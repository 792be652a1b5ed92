import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../audit/event.ts';
import type { MailData } from '../audit/mail.ts';
import type { Tx } from '../db/transaction.ts';

/**
 * Ends the codes that are on their way to these redirect URIs. Of loopback ones the port does not
 * count (RFC 8252 section 7.3).
 */
export async function expireCodesFor(
  tx: Tx,
  clientId: string,
  redirectUris: readonly string[],
): Promise<void> {
  const withoutPort = (uri: RawBuilder<string>) =>
    sql`regexp_replace(${uri}, '^(http://(127\\.0\\.0\\.1|localhost|\\[::1\\])):[0-9]+', '\\1')`;
  await sql`
    update authorization_codes set expires_at = now()
    from grants
    where grants.id = authorization_codes.grant_id and grants.client_id = ${clientId}
      and authorization_codes.consumed_at is null and authorization_codes.expires_at > now()
      and ${withoutPort(sql`authorization_codes.redirect_uri`)} in (
        select ${withoutPort(sql`removed.uri`)} from unnest(${[...redirectUris]}::text[]) removed (uri)
      )
  `.execute(tx);
}

/**
 * Tells each user with a live grant, in their log, that deleting the application ends it. One
 * statement, however many users; to be called before the deletion, with the application locked.
 */
export async function recordGrantsEndedByDeletion(
  tx: Tx,
  actor: Actor,
  clientId: string,
  data: Record<string, unknown>,
): Promise<void> {
  await sql`
    insert into audit_events (action, actor, user_id, client_id, data)
    select distinct 'stagedoor.user.oauth.revoked', ${actor}::text, user_id, client_id,
      ${JSON.stringify(data)}::jsonb
    from grants
    where client_id = ${clientId} and revoked_at is null and least(expires_at, ends_at) > now()
  `.execute(tx);
}

/**
 * Queues a mail for each of these users, one a user however many grants they have. The account of a
 * deactivated user opens nothing, so nothing ends there. As above, one statement.
 */
export async function mailGrantsEndedByDeletion(
  tx: Tx,
  clientId: string,
  data: Omit<MailData['application_deleted'], 'timezone'>,
): Promise<void> {
  await sql`
    insert into mail_outbox (kind, recipient, locale, data)
    select 'application_deleted', u.email, coalesce(u.chosen_locale, u.locale),
      ${JSON.stringify(data)}::jsonb
        || jsonb_build_object('timezone', coalesce(u.chosen_timezone, u.timezone))
    from users u
    where u.is_active and exists (
      select from grants g
      where g.user_id = u.id and g.client_id = ${clientId}
        and g.revoked_at is null and least(g.expires_at, g.ends_at) > now()
    )
  `.execute(tx);
}
