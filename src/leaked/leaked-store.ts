import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';

/** A client secret that works. */
export interface LiveSecret {
  readonly id: string;
  readonly clientId: string;
  readonly owner: 'application' | 'resource_server';
}

/** Returns the grants of access tokens that work, or would work if the parties were active. */
export async function selectGrantsOfAccessTokens(
  db: Db,
  hashes: readonly Uint8Array[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct t.grant_id as id from access_tokens t join grants g on g.id = t.grant_id
    where t.token_hash = ${oneOf(hashes)} and t.superseded_at is null and t.expires_at > now()
      and ${sql.raw(isLiveGrant('g'))}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Does the same for refresh tokens; a used one works while its response can be repeated. */
export async function selectGrantsOfRefreshTokens(
  db: Db,
  hashes: readonly Uint8Array[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct t.grant_id as id from refresh_tokens t join grants g on g.id = t.grant_id
    where t.token_hash = ${oneOf(hashes)} and t.expires_at > now()
      and (t.consumed_at is null or exists (
        select from refresh_replays r
        where r.grant_id = t.grant_id and r.successor_hash = t.successor_hash
          and r.expires_at > now()))
      and ${sql.raw(isLiveGrant('g'))}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** Returns the client secrets with these hashes that work. */
export async function selectLiveSecrets(
  db: Db,
  hashes: readonly Uint8Array[],
): Promise<LiveSecret[]> {
  const works = sql`secret_hash = ${oneOf(hashes)} and (expires_at is null or expires_at > now())`;
  const { rows } = await sql<LiveSecret>`
    select id, client_id as "clientId", 'application' as owner from application_secrets
    where ${works}
    union all
    select id, client_id, 'resource_server' from resource_server_secrets where ${works}
  `.execute(db);
  return rows;
}

/** Returns the ids of the operator tokens with these hashes that work. */
export async function selectLiveOperatorTokens(
  db: Db,
  hashes: readonly Uint8Array[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from operator_tokens
    where token_hash = ${oneOf(hashes)} and (expires_at is null or expires_at > now())
  `.execute(db);
  return rows.map(({ id }) => id);
}

function oneOf(hashes: readonly Uint8Array[]): RawBuilder<unknown> {
  const digits = hashes.map((hash) => Buffer.from(hash).toString('hex'));
  return sql`any(array(select decode(digits, 'hex') from unnest(${digits}::text[]) digits))`;
}
