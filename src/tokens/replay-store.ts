import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';

/** The response to a refresh, kept for retries. */
export interface StoredReplay {
  readonly sealed: Uint8Array;
  /** Scopes of the access token, without those that the user took away since. */
  readonly scopes: readonly string[];
  /** Seconds that the access token was issued for. */
  readonly lifetime: number;
  /** Thumbprint of the key that the access token is bound to. */
  readonly jkt: string | null;
  /** Resource that the access token is for. */
  readonly resource: string | null;
}

/** Stores the response to a refresh for `seconds`. */
export async function insertReplay(
  tx: Tx,
  replay: { grantId: string; successorHash: Uint8Array; sealed: Uint8Array; seconds: number },
): Promise<void> {
  await tx
    .insertInto('refresh_replays')
    .values({
      grant_id: replay.grantId,
      successor_hash: replay.successorHash,
      sealed: replay.sealed,
      expires_at: sql<Date>`now() + make_interval(secs => ${replay.seconds})`,
    })
    .execute();
}

/**
 * Conditions under which the response to the refresh token `t` is sent again: it was used less than
 * `seconds` ago, and `s`, which replaced it, is still unused. The state of `s` is tested as well,
 * because an older version of the server does not delete the row when it uses `s`.
 */
const replayOf = (seconds: number) => sql`
  refresh_replays r join refresh_tokens s on s.token_hash = r.successor_hash
  where r.grant_id = t.grant_id and r.successor_hash = t.successor_hash
    and r.expires_at > now() and s.consumed_at is null
    and t.consumed_at > now() - make_interval(secs => ${seconds})`;

/** Expression that is true if the response to the refresh token `t` can be sent again. */
export function isReplayable(seconds: number): RawBuilder<boolean> {
  return sql<boolean>`(t.consumed_at is not null and exists (select from ${replayOf(seconds)}))`;
}

/** Returns the response to the refresh token with this value, if it can be sent again. */
export async function selectReplay(
  tx: Tx,
  value: string,
  seconds: number,
): Promise<StoredReplay | undefined> {
  const { rows } = await sql<StoredReplay>`
    select replay.sealed,
      array(select scope from unnest(a.scopes) scope where scope = any(g.scopes)) as scopes,
      extract(epoch from a.expires_at - a.issued_at)::int as lifetime,
      a.jkt,
      a.resource
    from refresh_tokens t
      join grants g on g.id = t.grant_id
      join access_tokens a on a.family_id = t.family_id and a.superseded_at is null
      cross join lateral (select r.sealed from ${replayOf(seconds)}) replay
    where t.token_hash = ${hashOf(value)}
  `.execute(tx);
  return rows[0];
}

/** Deletes responses whose time for retries has ended. Skips rows that another process deletes. */
export async function deleteExpiredReplays(db: Db): Promise<void> {
  await sql`
    delete from refresh_replays where ctid = any(array(
      select ctid from refresh_replays where expires_at <= now() for update skip locked
    ))
  `.execute(db);
}
