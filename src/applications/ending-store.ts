import { sql } from 'kysely';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import type { MailData } from '../mail/mail.ts';

/**
 * Logs for each user with a live grant that deleting the application ends it. One statement for all
 * users; call it before the deletion, with the application locked.
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
    where client_id = ${clientId} and ${sql.raw(isLiveGrant('grants'))}
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
        and ${sql.raw(isLiveGrant('g'))}
    )
  `.execute(tx);
}
