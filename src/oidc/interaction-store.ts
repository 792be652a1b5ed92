import { type RawBuilder, sql } from 'kysely';
import { candidateSchema } from '../applications/candidate.ts';
import type { Db } from '../db/database.ts';
import { preparedWrite } from '../db/prepared-query.ts';
import { hashOf } from '../lib/credentials.ts';

/** An authorization request that waits for a person. */
export type StoredInteraction = ReturnType<typeof toInteraction>;

const toValues = (id: string, interaction: StoredInteraction) => ({
  id_hash: hashOf(id),
  client_id: interaction.clientId,
  user_id: interaction.userId ?? null,
  session_uid: interaction.sessionUid ?? null,
  grant_id: interaction.grantId ?? null,
  chain_id: interaction.chainId,
  prompt: JSON.stringify(interaction.prompt),
  params: JSON.stringify(interaction.params),
  trusted: json(interaction.trusted),
  result: json(interaction.result),
  last_submission: json(interaction.lastSubmission),
  pushed_request: interaction.pushedRequest ?? null,
  candidate: json(interaction.candidate),
  expires_at: interaction.expiresAt,
});

const upsert = preparedWrite<ReturnType<typeof toValues>>((db, param) => {
  const values = {
    client_id: param('client_id'),
    user_id: param('user_id'),
    session_uid: param('session_uid'),
    grant_id: param('grant_id'),
    chain_id: param('chain_id'),
    prompt: param('prompt'),
    params: param('params'),
    trusted: param('trusted'),
    result: param('result'),
    last_submission: param('last_submission'),
    pushed_request: param('pushed_request'),
    expires_at: param('expires_at'),
  };
  return db
    .insertInto('interactions')
    .values({ ...values, id_hash: param('id_hash'), candidate: param('candidate') })
    .onConflict((conflict) => conflict.column('id_hash').doUpdateSet(values));
});

/** Writes an interaction, new or changed. */
export async function upsertInteraction(
  db: Db,
  id: string,
  interaction: StoredInteraction,
): Promise<void> {
  await upsert(db, toValues(id, interaction));
}

/**
 * Selects an interaction that is neither finished nor expired. With `lock` its row is locked,
 * so that a form posted twice is decided once.
 */
export function liveInteraction(db: Db, idHash: RawBuilder<Uint8Array>, lock: boolean) {
  return db
    .selectFrom('interactions')
    .select([
      'client_id',
      'user_id',
      'session_uid',
      'grant_id',
      'chain_id',
      'prompt',
      'params',
      'trusted',
      'result',
      'last_submission',
      'pushed_request',
      'candidate',
      'expires_at',
    ])
    .where('id_hash', '=', idHash)
    .where('finished_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .$if(lock, (query) => query.forUpdate());
}

/** Columns of `liveInteraction`. */
export type InteractionRow = Awaited<
  ReturnType<ReturnType<typeof liveInteraction>['executeTakeFirstOrThrow']>
>;

/** Returns the interaction with this id, see `liveInteraction`. */
export async function selectInteraction(
  db: Db,
  id: string,
): Promise<StoredInteraction | undefined> {
  const idHash = sql<Uint8Array>`${hashOf(id)}`;
  const row = await liveInteraction(db, idHash, db.isTransaction).executeTakeFirst();
  return row && toInteraction(row);
}

/** Reads the columns of an interaction. */
export function toInteraction(row: InteractionRow) {
  return {
    clientId: row.client_id,
    userId: row.user_id ?? undefined,
    sessionUid: row.session_uid ?? undefined,
    grantId: row.grant_id ?? undefined,
    /** The same over the steps of one request. */
    chainId: row.chain_id,
    prompt: row.prompt,
    params: row.params,
    trusted: row.trusted ?? undefined,
    result: row.result ?? undefined,
    lastSubmission: row.last_submission ?? undefined,
    pushedRequest: row.pushed_request ?? undefined,
    /** Details of a client that may have no row yet, as the user sees them. Written once. */
    candidate: row.candidate === null ? undefined : candidateSchema.parse(row.candidate),
    expiresAt: row.expires_at,
  };
}

const finish = preparedWrite<{ idHash: Uint8Array }>((db, param) =>
  db
    .updateTable('interactions')
    .set({ finished_at: sql`now()` })
    .where('id_hash', '=', param('idHash')),
);

/** Marks an interaction as finished. The row stays for `selectFinished`. */
export async function updateFinished(db: Db, id: string): Promise<void> {
  await finish(db, { idHash: hashOf(id) });
}

/** An interaction that can't be continued, as its page describes it. */
export type ClosedRow = NonNullable<Awaited<ReturnType<typeof selectClosedInteraction>>>;

/** Returns an interaction in any state, as long as its row is kept. */
export async function selectClosedInteraction(db: Db, id: string) {
  const row = await db
    .selectFrom('interactions as i')
    .leftJoin('applications as a', 'a.client_id', 'i.client_id')
    .select(['i.finished_at', 'i.user_id', 'i.params', 'i.pushed_request'])
    .select(['a.name', 'a.homepage_url', 'a.is_active', 'a.suspended_at'])
    .select(sql<boolean>`i.expires_at <= now()`.as('expired'))
    .where('i.id_hash', '=', hashOf(id))
    .executeTakeFirst();
  const stopped = row?.is_active === false || (row?.suspended_at ?? null) !== null;
  return (
    row && {
      finished: row.finished_at !== null,
      /** Null: the application was deleted. */
      applicationName: row.name,
      /** Null also if the application is stopped, so that the page has no link to it. */
      homepageUrl: stopped ? null : row.homepage_url,
      expired: row.expired,
      /** The user whose session began it. */
      userId: row.user_id,
      params: row.params,
      pushedRequest: row.pushed_request,
    }
  );
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
