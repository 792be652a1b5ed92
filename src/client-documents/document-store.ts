import { type SqlBool, sql } from 'kysely';
import { type Candidate, candidateSchema } from '../applications/candidate.ts';
import { candidateColumns, writeKeys } from '../applications/candidate-store.ts';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';

/** Seconds for which one request may fetch a document that is not fresh, while others use the copy. */
const LEASE = 15;
/** Seconds until the next try after a fetch that failed. */
const RETRY = 300;
/** Days for which the last good copy is used while fetches fail. */
const COPY_LASTS = 7;

/**
 * Takes the lease for a copy that is not fresh any more.
 * @returns true for one of several concurrent requests
 */
export async function takeStale(db: Db, clientId: string): Promise<boolean> {
  const row = await db
    .updateTable('client_documents')
    .set({ fresh_until: sql<Date>`now() + make_interval(secs => ${LEASE})` })
    .where('client_id', '=', clientId)
    .where('fresh_until', '<=', sql<Date>`now()`)
    .returning('client_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Notes a fetch that gave a good copy. */
export async function noteFetched(tx: Tx, { clientId, fetched }: Candidate): Promise<void> {
  await tx
    .updateTable('client_documents')
    .set({
      fetched_at: sql<Date>`now()`,
      fresh_until: sql<Date>`now() + make_interval(secs => ${fetched?.freshSeconds ?? RETRY})`,
      failing_since: null,
    })
    .where('client_id', '=', clientId)
    .execute();
}

/** Notes a fetch that failed. */
export async function noteFailure(db: Db, clientId: string): Promise<void> {
  await db
    .updateTable('client_documents')
    .set({
      fresh_until: sql<Date>`now() + make_interval(secs => ${RETRY})`,
      failing_since: sql<Date>`coalesce(failing_since, now())`,
    })
    .where('client_id', '=', clientId)
    .execute();
}

/** Tests if fetches have failed for so long that the last good copy is not used any more. */
export async function isCopyTooOld(db: Db, clientId: string): Promise<boolean> {
  const row = await db
    .selectFrom('client_documents')
    .select('client_id')
    .where('client_id', '=', clientId)
    .where(sql<SqlBool>`failing_since < now() - make_interval(days => ${COPY_LASTS})`)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes the details and keys of a newer copy. */
export async function updateFromCandidate(tx: Tx, candidate: Candidate): Promise<void> {
  await tx
    .updateTable('applications')
    .set({
      ...candidateColumns(candidate),
      client_type: candidate.clientType,
      fingerprint: candidate.fingerprint,
      updated_at: sql<Date>`greatest(
        date_trunc('milliseconds', clock_timestamp()), updated_at + interval '1 millisecond'
      )`,
    })
    .where('client_id', '=', candidate.clientId)
    .execute();
  await writeKeys(tx, candidate);
}

/**
 * Adds an entry to the log of each user with a live grant that the newer copy does not answer for; one
 * statement. At most once a day for each application: its owner can publish changes at will.
 */
export async function recordForUsers(
  tx: Tx,
  { clientId, name, fingerprint }: Pick<Candidate, 'clientId' | 'name' | 'fingerprint'>,
): Promise<void> {
  await sql`
    insert into audit_events (action, actor, user_id, client_id, data)
    select distinct 'stagedoor.application.trust_changed', 'system', g.user_id, g.client_id,
      ${JSON.stringify({ application: name })}::jsonb
    from grants g
    where g.client_id = ${clientId} and g.fingerprint is distinct from ${fingerprint}
      and ${sql.raw(isLiveGrant('g'))}
      and not exists (
        select from audit_events earlier
        where earlier.client_id = ${clientId}
          and earlier.action = 'stagedoor.application.trust_changed'
          and earlier.happened_at > now() - interval '1 day'
      )
  `.execute(tx);
}

/** Returns the newest copy of a document that waits for consent, if it is still fresh. */
export async function findWaitingCopy(db: Db, clientId: string): Promise<Candidate | undefined> {
  const row = await db
    .selectFrom('interactions')
    .select('candidate')
    .where('client_id', '=', clientId)
    .where('candidate', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { data: copy } = candidateSchema.safeParse(row?.candidate);
  const freshUntil =
    copy?.fetched && Date.parse(copy.fetched.at) + copy.fetched.freshSeconds * 1000;
  return (freshUntil ?? 0) > Date.now() ? copy : undefined;
}
