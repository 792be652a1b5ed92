import { type InsertObject, type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { Tx } from '../db/transaction.ts';
import type { Application, ApplicationKind } from './application.ts';
import { USAGE } from './own-store.ts';
import { APPLICATION } from './store.ts';

/** Requests, questions and the last review of an application. */
export interface ReviewState {
  /** Last request of the owner. */
  readonly requestedAt: Date | null;
  /** Question of an operator that no review has followed. */
  readonly question: string | null;
  readonly askedAt: Date | null;
  /** Values by camelCase field at the last review, also if it has ended since. */
  readonly reviewedDetails: Readonly<Record<string, unknown>> | null;
  /** Time of that review. */
  readonly lastReviewedAt: Date | null;
}

const STATE = [
  'r.requested_at as requestedAt',
  'r.question',
  'r.asked_at as askedAt',
  'r.reviewed_details as reviewedDetails',
  'r.reviewed_at as lastReviewedAt',
] as const;

/** Returns what was said about the review of an application. */
export async function selectReviewState(db: Db, clientId: string): Promise<ReviewState> {
  const row = await db
    .selectFrom('application_reviews as r')
    .select(STATE)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return (
    row ?? {
      requestedAt: null,
      question: null,
      askedAt: null,
      reviewedDetails: null,
      lastReviewedAt: null,
    }
  );
}

/** Returns the logo that the last review was about. */
export async function selectReviewedLogo(db: Db, clientId: string): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom('application_reviews')
    .select('reviewed_logo')
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row?.reviewed_logo ?? null;
}

/** Notes that the owner requests a review. */
export async function setReviewRequested(tx: Tx, clientId: string): Promise<void> {
  await upsert(tx, clientId, { requested_at: sql<Date>`clock_timestamp()` });
}

/** Notes a question to the owner. */
export async function setReviewQuestion(tx: Tx, clientId: string, question: string): Promise<void> {
  await upsert(tx, clientId, { question, asked_at: sql<Date>`clock_timestamp()` });
}

/** Notes what a review was about, and ends the conversation. */
export async function setReviewedDetails(tx: Tx, application: Application): Promise<void> {
  await upsert(tx, application.clientId, {
    requested_at: null,
    question: null,
    asked_at: null,
    reviewed_at: sql<Date>`now()`,
    reviewed_details: JSON.stringify(reviewedDetailsOf(application)),
    reviewed_logo: sql<Uint8Array>`(
      select image from application_logos where client_id = ${application.clientId}
    )`,
  });
}

function upsert(
  tx: Tx,
  clientId: string,
  values: Omit<InsertObject<Schema, 'application_reviews'>, 'client_id'>,
) {
  return tx
    .insertInto('application_reviews')
    .values({ client_id: clientId, ...values })
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet(values))
    .execute();
}

/** Returns the fields that a review is about. Reviews of earlier releases did not record all of them. */
export function reviewedDetailsOf(application: Application) {
  const { name, description, homepageUrl, privacyPolicyUrl, termsUrl } = application;
  const { redirectUris, scopes, requirePkce, ownerId, clientType, fingerprint, logo } = application;
  return {
    ...{ name, description, homepageUrl, privacyPolicyUrl, termsUrl },
    ...{ redirectUris, scopes, requirePkce, ownerId, clientType, fingerprint, logo },
  };
}

/**
 * Applications that wait: not reviewed, working, and either the owner has requested a review since
 * the last question, or they were reviewed before a change that no question followed, or their kind
 * needs a review.
 */
function waiting(db: Db, kinds: readonly ApplicationKind[]) {
  const applications = db
    .selectFrom('applications')
    .leftJoin('application_reviews as r', 'r.client_id', 'applications.client_id')
    .where('applications.reviewed_at', 'is', null)
    .where('applications.suspended_at', 'is', null)
    .where(sql<SqlBool>`applications.is_active`)
    .where(
      sql<SqlBool>`(r.requested_at is not null and r.requested_at > coalesce(r.asked_at, '-infinity')
        or r.asked_at is null
          and (r.reviewed_at is not null or applications.kind = any(${[...kinds]}::text[])))`,
    );
  // Makes the join an inner one, so that the applications without a review are not read.
  return kinds.length === 0 ? applications.where('r.client_id', 'is not', null) : applications;
}

const SINCE = sql<Date>`coalesce(r.requested_at, applications.updated_at)`;

/** Returns the applications that wait with their `ReviewState`, those that wait longest first. */
export async function listWaiting(
  db: Db,
  kinds: readonly ApplicationKind[],
  { limit, offset }: { readonly limit: number; readonly offset: number },
) {
  return waiting(db, kinds)
    .leftJoin('application_usage as usage', 'usage.client_id', 'applications.client_id')
    .select([...APPLICATION, ...USAGE, ...STATE, SINCE.as('since')])
    .orderBy(SINCE)
    .orderBy('applications.client_id')
    .limit(limit)
    .offset(offset)
    .execute();
}

/** Counts the applications that wait, and returns since when the latest of them does. */
export async function countWaiting(
  db: Db,
  kinds: readonly ApplicationKind[],
): Promise<{ count: number; latest: Date | null }> {
  return waiting(db, kinds)
    .select([sql<number>`count(*)::int`.as('count'), sql<Date | null>`max(${SINCE})`.as('latest')])
    .executeTakeFirstOrThrow();
}

/**
 * Takes the operators who get a mail about something that waits since `latest`: those who had none
 * that counts it, and none within 24 hours. Of several calls at once, one takes an operator.
 */
export async function takeOperatorsToNotify(
  tx: Tx,
  latest: Date,
): Promise<{ email: string; locale: string; timezone: string }[]> {
  const { rows } = await sql<{ email: string; locale: string; timezone: string }>`
    with taken as (
      insert into operator_notices as n (user_id, counted_until)
      select id, ${latest}::timestamptz from users where is_operator and is_active
      on conflict (user_id) do update set sent_at = now(), counted_until = excluded.counted_until
        where n.sent_at < now() - interval '24 hours' and n.counted_until < excluded.counted_until
      returning user_id
    )
    select u.email, coalesce(u.chosen_locale, u.locale) as locale,
      coalesce(u.chosen_timezone, u.timezone) as timezone
    from taken join users u on u.id = taken.user_id
  `.execute(tx);
  return rows;
}
