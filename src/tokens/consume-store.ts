import { type RawBuilder, sql } from 'kysely';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';

/**
 * Uses up a code: of any number of concurrent uses exactly one gets a row. Extends the
 * grant's life, and waits for a revocation of it that is in flight.
 * @see RFC 6749 §4.1.2
 */
export async function consumeCode(
  tx: Tx,
  value: string,
  use: GrantUse,
): Promise<ConsumptionRow | undefined> {
  const { rows } = await sql<ConsumptionRow>`
    with ${grantOf('authorization_codes', sql`code_hash = ${hashOf(value)}`)}, consumed as (
      update authorization_codes set consumed_at = now()
      from locked
      where code_hash = ${hashOf(value)} and consumed_at is null
      returning authorization_codes.grant_id
    ), ${grantUsed(use)}
    select gen_random_uuid() as family_id, ${live} as live from consumed
  `.execute(tx);
  return rows[0];
}

/**
 * Uses up a refresh token, and ends the access token that was issued beside it and the retries of
 * the refresh that issued it; otherwise as `consumeCode`.
 * @param successor the refresh token that replaces it
 * @see RFC 9700 §4.14.2
 */
export async function consumeRefreshToken(
  tx: Tx,
  value: string,
  successor: string,
  use: GrantUse,
): Promise<ConsumptionRow | undefined> {
  const { rows } = await sql<ConsumptionRow>`
    with ${grantOf('refresh_tokens', sql`token_hash = ${hashOf(value)}`)}, consumed as (
      update refresh_tokens set consumed_at = now(), successor_hash = ${hashOf(successor)}
      from locked
      where token_hash = ${hashOf(value)} and consumed_at is null
      returning refresh_tokens.grant_id, family_id
    ), superseded as (
      update access_tokens set superseded_at = now()
      from consumed
      where access_tokens.family_id = consumed.family_id and superseded_at is null
    ), forgotten as (
      delete from refresh_replays r using consumed
      where r.grant_id = consumed.grant_id and r.successor_hash = ${hashOf(value)}
    ), ${grantUsed(use)}
    select family_id, ${live} as live from consumed
  `.execute(tx);
  return rows[0];
}

/** Changes of the grant with a use of a code or refresh token. */
export interface GrantUse {
  /** Until when the tokens that follow keep it alive. */
  readonly expiresAt: Date;
  /** The address that it was used from. */
  readonly ip: string | undefined;
}

/** Undefined if another request consumed it; `live` is false if the grant has ended. */
export interface ConsumptionRow {
  readonly family_id: string;
  readonly live: boolean;
}

const live = sql<boolean>`exists (select from used)`;

/**
 * Locks the grant before its code or token: the deletion of a user or an application deletes the
 * rows in this order, and the other order would be a deadlock.
 */
function grantOf(
  table: 'authorization_codes' | 'refresh_tokens',
  isPresented: RawBuilder<unknown>,
) {
  return sql`locked as (
    select id from grants
    where id = (select grant_id from ${sql.table(table)} where ${isPresented})
    for no key update
  )`;
}

function grantUsed({ expiresAt, ip }: GrantUse) {
  return sql`used as (
    update grants set last_used_at = now(), last_used_ip = ${ip ?? null}::text,
      expires_at = greatest(expires_at, ${expiresAt}::timestamptz)
    from consumed
    where grants.id = consumed.grant_id and ${sql.raw(isLiveGrant('grants'))}
    returning grants.id
  )`;
}
