import type { Database } from '../db/database.ts';
import { isLiveGrant, PARTIES_ACTIVE } from '../db/live-grant.ts';

/*
 * A refresh that holds no surprise, in one statement and one commit: each further statement would
 * cost as much as all of this. The text is constant, so PostgreSQL plans it once per connection. It
 * writes nothing unless every condition holds.
 */

/** The client, if it is authenticated: a confidential application by its secret. */
const CLIENT = `
  select a.client_id, a.scopes from applications a
  where a.client_id = $1 and case when $2::bytea is null then a.client_type = 'public'
    else a.client_type = 'confidential' and exists (
      select from application_secrets s
      where s.secret_hash = $2 and s.client_id = $1 and (s.expires_at is null or s.expires_at > now())
    ) end`;

/** A refresh token that is bound to a key needs a DPoP proof, which is not checked here. */
const PRESENTED = `
  select t.grant_id, t.family_id, t.scopes, t.rotations, t.first_issued_at from refresh_tokens t
  where t.token_hash = $3 and t.consumed_at is null and t.jkt is null and t.expires_at > now()`;

/**
 * The grant, locked before its tokens (docs/decisions/transactions.md). If another transaction has
 * locked it, nothing is done: statements of other requests wait behind this one.
 */
const LOCKED = `
  select g.id, g.scopes, date_trunc('second', g.ends_at) as ends_at from grants g
  where g.id = (select grant_id from presented) and g.client_id = (select client_id from client)
    and ${isLiveGrant('g')} and (g.ends_at is null or date_trunc('second', g.ends_at) > now())
    and exists (
      select from applications a, users u
      where a.client_id = g.client_id and u.id = g.user_id and ${PARTIES_ACTIVE}
    )
  for no key update of g skip locked`;

/**
 * Scopes and times of the new tokens, in whole seconds as oidc-provider has them. The access token has
 * the requested scopes that grant, application and server still have, in the order of the grant. The
 * refresh token keeps its scopes, so that a client can repeat them.
 */
const NEW = `
  select l.id as grant_id, p.family_id, p.rotations + 1 as rotations, p.first_issued_at, p.scopes,
    date_trunc('second', now()) as issued_at, l.ends_at,
    array(
      select scope from unnest(l.scopes) scope
      where scope = any(c.scopes) and scope = any($5) and scope = any(coalesce($4, p.scopes))
    ) as access_scopes
  from locked l, presented p, client c`;

const REFRESH = `
  with client as (${CLIENT}), presented as (${PRESENTED}), locked as (${LOCKED}), new as (${NEW}),
  consumed as (
    update refresh_tokens t set consumed_at = now(), successor_hash = $6
    from new
    where t.token_hash = $3 and t.consumed_at is null
      and new.access_scopes <> '{}' and ($4::text[] is null or $4 <@ new.scopes)
    returning new.*,
      least(new.issued_at + make_interval(secs => $8), new.ends_at) as access_end,
      least(new.issued_at + make_interval(secs => $9), new.ends_at) as refresh_end
  ), superseded as (
    update access_tokens t set superseded_at = now()
    from consumed c where t.family_id = c.family_id and t.superseded_at is null
  ), forgotten as (
    delete from refresh_replays r using consumed c
    where r.grant_id = c.grant_id and r.successor_hash = $3
  ), used as (
    update grants g set last_used_at = now(), last_used_ip = $10,
      expires_at = greatest(g.expires_at, c.issued_at + make_interval(secs => $9))
    from consumed c where g.id = c.grant_id
  ), refresh_token as (
    insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations, first_issued_at,
      issued_at, expires_at)
    select $6, grant_id, family_id, scopes, rotations, first_issued_at, issued_at, refresh_end
    from consumed
  ), access_token as (
    insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
    select $7, grant_id, family_id, access_scopes, issued_at, access_end from consumed
  ), replay as (
    insert into refresh_replays (grant_id, successor_hash, sealed, expires_at)
    select grant_id, $6, $11, now() + make_interval(secs => $12) from consumed
    where $11::bytea is not null
  )
  select access_scopes as scopes, extract(epoch from access_end - issued_at)::int as lifetime
  from consumed`;

/** Values of a refresh. Hashes are SHA-256, times are in seconds. */
export interface RefreshValues {
  readonly clientId: string;
  /** Undefined: a public application. */
  readonly secretHash: Uint8Array | undefined;
  readonly presentedHash: Uint8Array;
  /** Undefined: all that are left. */
  readonly requestedScopes: readonly string[] | undefined;
  /** The scopes of this server. */
  readonly knownScopes: readonly string[];
  readonly refreshTokenHash: Uint8Array;
  readonly accessTokenHash: Uint8Array;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly ip: string | undefined;
  /** The response for retries, encrypted; undefined: there are none. */
  readonly sealed: Uint8Array | undefined;
  readonly retrySeconds: number;
}

/** Properties of the new access token. */
export interface RefreshRow {
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
}

/**
 * Authenticates the client, uses up its refresh token and stores the tokens that replace it; returns
 * undefined and changes nothing if any condition fails.
 */
export async function replaceRefreshToken(
  database: Database,
  values: RefreshValues,
): Promise<RefreshRow | undefined> {
  const [row] = await database.write<RefreshRow>(REFRESH, [
    values.clientId,
    values.secretHash ?? null,
    values.presentedHash,
    values.requestedScopes ?? null,
    values.knownScopes,
    values.refreshTokenHash,
    values.accessTokenHash,
    values.accessTokenTtl,
    values.refreshTokenTtl,
    values.ip ?? null,
    values.sealed ?? null,
    values.retrySeconds,
  ]);
  return row;
}
