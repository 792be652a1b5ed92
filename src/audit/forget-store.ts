import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

/** Keys of an entry's data that hold e-mail addresses, as the trigger has them. */
export const ADDRESSES = sql`'{email,email_before,email_after}'::text[]`;

/** Lets the log forget this deleted user, until the transaction ends. */
export async function allowForgetting(tx: Tx, userId: string): Promise<void> {
  await sql`select set_config('stagedoor.forget_user', ${userId}, true)`.execute(tx);
}

/** Returns the e-mail addresses that the user had before, as far as the log knows them. */
export async function selectFormerAddresses(tx: Tx, userId: string): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select distinct data ->> 'email_before' as address from audit_events
    where user_id = ${userId} and data ->> 'email_before' is not null
  `.execute(tx);
  return rows.map(({ address }) => address);
}

/** Returns the keys among these that belong to a user. */
export async function selectKeysInUse(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('users')
    .select('email_key')
    .where('email_key', '=', sql<string>`any(${[...keys]}::text[])`)
    .execute();
  return new Set(rows.map((row) => row.email_key));
}

/** Returns all addresses to which an application was offered, as they were typed. */
export async function selectOfferedAddresses(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select distinct data ->> 'email' as address from audit_events
    where action = 'stagedoor.application.transfer_offered' and data ->> 'email' is not null
  `.execute(tx);
  return rows.map(({ address }) => address);
}

/** Removes addresses, IP and User-Agent from what the user did and others have in their log. */
export async function forgetInLogsOfOthers(tx: Tx, userId: string): Promise<void> {
  // The last two conditions are those of the index.
  await sql`
    update audit_events set ip = null, user_agent = null, data = data - ${ADDRESSES}
    where (ip is not null or user_agent is not null or data ?| ${ADDRESSES})
      and actor = ${`user:${userId}`}
      and actor like 'user:%' and actor is distinct from 'user:' || user_id
  `.execute(tx);
  // In the operator console.
  await sql`
    update audit_events set ip = null, user_agent = null
    where (ip is not null or user_agent is not null)
      and actor = ${`operator:user:${userId}`} and actor like 'operator:user:%'
  `.execute(tx);
}

/** Removes these addresses from the log of the users who offered an application to them. */
export async function forgetOffers(tx: Tx, addresses: readonly string[]): Promise<void> {
  await sql`
    update audit_events set data = data - 'email'
    where action = 'stagedoor.application.transfer_offered'
      and data ->> 'email' = any(${[...addresses]}::text[])
  `.execute(tx);
}

/** Deletes mails to these addresses, sent or not. */
export async function deleteMailsTo(tx: Tx, addresses: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('mail_outbox')
    .where('recipient', '=', sql<string>`any(${[...addresses]}::text[])`)
    .execute();
}

/** Removes names of a person from mails to others: as owner, and as who is offered an application. */
export async function forgetInMails(tx: Tx, names: readonly string[]): Promise<void> {
  const given = sql`any(${[...names]}::text[])`;
  await sql`
    update mail_outbox set data = jsonb_set(data, '{application,owner}', 'null')
    where data #>> '{application,owner}' = ${given}
  `.execute(tx);
  await sql`
    update mail_outbox set data = data - 'details'
    where data ->> 'change' = 'transfer_offered' and data #>> '{details,0}' = ${given}
  `.execute(tx);
}
