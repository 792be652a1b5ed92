import { isLiveGrant, PARTIES_ACTIVE } from '../db/live-grant.ts';

/*
 * The redemption of a code or refresh token in the usual case, in one statement and one commit:
 * each further statement would cost as much as all of this. The texts are constant, so PostgreSQL
 * plans each once per connection. A statement writes nothing unless every condition holds.
 */

/** Values of both statements, $1 to $9. Hashes are SHA-256, times are in seconds. */
export interface RedemptionValues {
  readonly clientId: string;
  /** Undefined: a public application. */
  readonly secretHash: Uint8Array | undefined;
  readonly presentedHash: Uint8Array;
  /** The scopes of this server. */
  readonly knownScopes: readonly string[];
  readonly refreshTokenHash: Uint8Array;
  readonly accessTokenHash: Uint8Array;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly ip: string | undefined;
}

/** Returns the values in the order of the parameters. */
export function toParameters(values: RedemptionValues): unknown[] {
  return [
    values.clientId,
    values.secretHash ?? null,
    values.presentedHash,
    values.knownScopes,
    values.refreshTokenHash,
    values.accessTokenHash,
    values.accessTokenTtl,
    values.refreshTokenTtl,
    values.ip ?? null,
  ];
}

/** Properties of the new access token. */
export interface RedemptionRow {
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
}

/** The SQL in which the statements differ. */
export interface RedemptionParts {
  /** Selects `client_id` and `scopes` of the client if it may redeem; by default authenticates it. */
  readonly client?: string;
  readonly table: 'authorization_codes t' | 'refresh_tokens t';
  /** Condition on the row `t` whose hash was presented. */
  readonly isPresented: string;
  /** Further columns of `t` for `isAllowed`. */
  readonly columns?: string;
  /** Columns of the new refresh token: `family_id`, `rotations` and `first_issued_at`. */
  readonly lineage: string;
  /** Condition on grant `g`, application `a` and user `u`, beside their liveness. */
  readonly isAllowed?: string;
  /** Scopes of the new refresh token, from `p.scopes`, those of `t`, and `l.scopes`, the grant's. */
  readonly refreshScopes: string;
  /** Scopes that the client asks for. */
  readonly requestedScopes: string;
  /** Condition on `new`, with `scopes` and `access_scopes` of the new tokens. */
  readonly hasScopes: string;
  /** Assignments to `t`. */
  readonly consumption: string;
  /** Further parts of the statement, which read `consumed`; each begins with a comma. */
  readonly effects?: string;
}

/** The client, if it is authenticated: a confidential application by its secret. */
const CLIENT = `
  select a.client_id, a.scopes from applications a
  where a.client_id = $1 and case when $2::bytea is null then a.client_type = 'public'
    else a.client_type = 'confidential' and exists (
      select from application_secrets s
      where s.secret_hash = $2 and s.client_id = $1 and (s.expires_at is null or s.expires_at > now())
    ) end`;

/** The code or refresh token. One that is bound to a key needs a DPoP proof, which is not checked here. */
const presented = ({ table, isPresented, lineage, columns = '' }: RedemptionParts) => `
  select t.grant_id, t.scopes, t.resources, ${lineage} ${columns} from ${table}
  where ${isPresented} and t.consumed_at is null and t.jkt is null and t.expires_at > now()`;

/**
 * The grant, locked before its tokens (docs/decisions/transactions.md). If another transaction has
 * locked it, nothing is done: statements of other requests wait behind this one. No index serves the
 * condition on the client, so PostgreSQL does not read all of its grants.
 */
const locked = ({ isAllowed = 'true' }: RedemptionParts) => `
  select g.id, g.scopes, g.resources, date_trunc('second', g.ends_at) as ends_at from grants g
  where g.id = (select grant_id from presented)
    and g.client_id is not distinct from (select client_id from client)
    and ${isLiveGrant('g')} and (g.ends_at is null or date_trunc('second', g.ends_at) > now())
    and exists (
      select from applications a, users u
      where a.client_id = g.client_id and u.id = g.user_id and ${PARTIES_ACTIVE} and ${isAllowed}
    )
  for no key update of g skip locked`;

/**
 * Scopes and times of the new tokens, in whole seconds as oidc-provider has them. The access token has
 * the requested scopes that grant, application and server still have, in the order of the grant.
 */
const issued = ({ refreshScopes, requestedScopes }: RedemptionParts) => `
  select l.id as grant_id, p.family_id, p.rotations, p.first_issued_at, ${refreshScopes} as scopes,
    date_trunc('second', now()) as issued_at, l.ends_at,
    array(
      select scope from unnest(l.scopes) scope
      where scope = any(c.scopes) and scope = any($4) and scope = any(${requestedScopes})
    ) as access_scopes,
    p.resources, p.resources[1] as resource, l.resources ->> p.resources[1] as resource_server,
    l.resources is null as is_for_all
  from locked l, presented p, client c`;

/**
 * The condition that the audience of the access token needs no choice: the authorization is for no
 * resource, or for one that still belongs to the same resource server.
 */
const HAS_CLEAR_AUDIENCE = `case when new.resources is null then new.is_for_all
  else cardinality(new.resources) = 1 and exists (
    select from resource_server_resources r
    where r.key = new.resource and r.client_id = new.resource_server
  ) end`;

/** Returns the text of a statement. */
export function redemption(parts: RedemptionParts): string {
  return `
  with client as (${parts.client ?? CLIENT}), presented as (${presented(parts)}), locked as (${locked(parts)}),
  new as (${issued(parts)}), consumed as (
    update ${parts.table} set consumed_at = now() ${parts.consumption}
    from new
    where ${parts.isPresented} and t.consumed_at is null and ${parts.hasScopes}
      and ${HAS_CLEAR_AUDIENCE}
    returning new.*,
      least(new.issued_at + make_interval(secs => $7), new.ends_at) as access_end,
      least(new.issued_at + make_interval(secs => $8), new.ends_at) as refresh_end
  ), used as (
    update grants g set last_used_at = now(), last_used_ip = $9,
      expires_at = greatest(g.expires_at, c.issued_at + make_interval(secs => $8))
    from consumed c where g.id = c.grant_id
  ), refresh_token as (
    insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations, first_issued_at,
      issued_at, expires_at, resources)
    select $5, grant_id, family_id, scopes, rotations, first_issued_at, issued_at, refresh_end,
      resources
    from consumed
  ), access_token as (
    insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at,
      resource, resource_server)
    select $6, grant_id, family_id, access_scopes, issued_at, access_end, resource, resource_server
    from consumed
  )${parts.effects ?? ''}
  select access_scopes as scopes, extract(epoch from access_end - issued_at)::int as lifetime
  from consumed`;
}
