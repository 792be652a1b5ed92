import type { Database } from '../db/database.ts';
import { isLiveGrant, PARTIES_ACTIVE, tokenEnd } from '../db/live-grant.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { TeamRow } from './permissions.ts';

/*
 * The hot path: every API call of the platform waits for one of these. One statement answers who
 * asks, whether the token is live, and what it opens today. The texts are constant, so PostgreSQL
 * plans them once a connection, and no query is built a request.
 *
 * `lateral` with `offset 0` fixes the order: token, grant, application, user. Without it, a plan that is
 * made while the tables are small or not analyzed begins with all live grants, and is kept.
 */

/** The caller, if the id and the hash of the secret belong together. */
const CALLER = `
  select 'resource_server' as kind, client_id, r.require_audience
    from resource_server_secrets join resource_servers r using (client_id)
    where secret_hash = $2 and client_id = $1 and (expires_at is null or expires_at > now())
  union all
  select 'application', client_id, false
    from application_secrets
    where secret_hash = $2 and client_id = $1 and (expires_at is null or expires_at > now())`;

/** The caller, if it is an application that was authenticated by its key. */
const APPLICATION = `
  select 'application' as kind, client_id, false as require_audience
    from applications where client_id = $1 and $2::bytea is null`;

/**
 * The resource of an access token while it belongs to the resource server that it was issued for. A
 * token without one of a grant with resources is from a server process that knew no resources.
 */
const AUDIENCE = `
  left join resource_server_resources r on r.key = t.resource and r.client_id = t.resource_server`;
const HAS_AUDIENCE = '(r.key is not null or t.resource is null and g.resources is null)';

/** A live token, by its hash in `param`: the conditions of DESIGN "Validity is read from the grant". */
const live = (table: 'access_tokens' | 'refresh_tokens', param: string) => `
  ${table} t
    cross join lateral (
      select id, user_id, client_id, scopes, resources, revoked_at, expires_at, ends_at
      from grants where id = t.grant_id offset 0) g
    cross join lateral (
      select is_active, suspended_at, scopes
      from applications where client_id = g.client_id offset 0) a
    cross join lateral (select is_active from users where id = g.user_id offset 0) u
    ${table === 'access_tokens' ? AUDIENCE : ''}
  where t.token_hash = ${param} and t.expires_at > now() and ${isLiveGrant('g')} and ${PARTIES_ACTIVE}
    and ${table === 'access_tokens' ? `t.superseded_at is null and ${HAS_AUDIENCE}` : 't.consumed_at is null'}`;

/**
 * Scopes, without those that the application lost since or the user took away (null: none is left,
 * and nothing is live); times (seconds since 1970), parties, and the user's teams at the grant's
 * organizers: no more of those than a grant can have, since an older one may have any number.
 */
const columns = (table: 'access_tokens' | 'refresh_tokens') => `
  ${table === 'access_tokens' ? 'r.uri' : 'null::text'} as aud,
  case when t.scopes <@ a.scopes and t.scopes <@ g.scopes then array_to_string(t.scopes, ' ')
  else nullif(array_to_string(array(
    select scope from unnest(t.scopes) scope where scope = any(a.scopes) and scope = any(g.scopes)
  ), ' '), '') end as scope,
  extract(epoch from t.issued_at)::float8 as iat,
  extract(epoch from ${tokenEnd('t', 'g')})::float8 as exp,
  extract(epoch from ${tokenEnd('t', 'g')} - now())::float8 as expires_in,
  t.jkt,
  g.id as grant_id, g.user_id, g.client_id,
  (select json_agg(json_build_array(m.organizer_slug, tm.permissions,
       case when not tm.all_events then array_to_string(tm.limit_events, ' ') end))
     from (select organizer_slug from grant_organizers
            where grant_id = g.id order by organizer_slug limit ${ORGANIZERS_PER_GRANT}) o
     cross join lateral (
       select organizer_slug, team_id from memberships
       where user_id = g.user_id and organizer_slug = o.organizer_slug offset 0) m
     cross join lateral (
       select permissions, all_events, limit_events from teams
       where organizer_slug = m.organizer_slug and id = m.team_id offset 0) tm) as teams`;

const forCaller = (table: 'access_tokens' | 'refresh_tokens', mayAsk: string, callers = CALLER) => `
  select caller.kind, live.scope, live.iat, live.exp, live.expires_in, live.jkt,
         live.aud, live.grant_id, live.user_id, live.client_id, live.teams
    from (${callers}) caller
    left join lateral (select ${columns(table)} from ${live(table, '$3')} and (${mayAsk})) live on true
   limit 1`;

const ACCESS_TOKEN_FOR_APPLICATION = forCaller(
  'access_tokens',
  'g.client_id = caller.client_id',
  APPLICATION,
);

const ACCESS_TOKEN_FOR_CALLER = forCaller(
  'access_tokens',
  `case when caller.kind = 'application' then g.client_id = caller.client_id
     when t.resource is null then not caller.require_audience
     else t.resource_server = caller.client_id end`,
);

const OWN_REFRESH_TOKEN = `caller.kind = 'application' and g.client_id = caller.client_id`;

const REFRESH_TOKEN_FOR_APPLICATION = forCaller('refresh_tokens', OWN_REFRESH_TOKEN, APPLICATION);

/** A refresh token is never active to a resource server: as a bearer token it opens nothing. */
const REFRESH_TOKEN_FOR_CALLER = forCaller('refresh_tokens', OWN_REFRESH_TOKEN);

const ACCESS_TOKEN = `select ${columns('access_tokens')} from ${live('access_tokens', '$1')}`;

/** A live token, as the database returns it. */
export interface LiveTokenRow {
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
  /** Seconds. */
  readonly expires_in: number;
  readonly jkt: string | null;
  /** URI of the resource that it is for; null: for every API service that accepts such tokens. */
  readonly aud: string | null;
  readonly grant_id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly teams: readonly TeamRow[] | null;
}

/** The caller, and the token where it is live and this caller may know of it. */
export type IntrospectionRow = { readonly kind: 'resource_server' | 'application' } & (
  | LiveTokenRow
  | { readonly scope: null }
);

/** Answers an introspection; undefined where the caller could not be authenticated. */
export async function selectForCaller(
  database: Database,
  caller: { clientId: string; secretHash: Uint8Array | undefined },
  token: { kind: 'access_token' | 'refresh_token'; hash: Uint8Array },
): Promise<IntrospectionRow | undefined> {
  const isSecret = caller.secretHash !== undefined;
  const text = {
    access_token: isSecret ? ACCESS_TOKEN_FOR_CALLER : ACCESS_TOKEN_FOR_APPLICATION,
    refresh_token: isSecret ? REFRESH_TOKEN_FOR_CALLER : REFRESH_TOKEN_FOR_APPLICATION,
  }[token.kind];
  const values = [caller.clientId, caller.secretHash ?? null, token.hash];
  const [row] = await database.lookUp<IntrospectionRow>(text, values);
  return row;
}

/** A live access token, for the endpoints of this server that take bearer tokens. */
export async function selectLiveAccessToken(
  database: Database,
  hash: Uint8Array,
): Promise<LiveTokenRow | undefined> {
  const [row] = await database.lookUp<LiveTokenRow | { readonly scope: null }>(ACCESS_TOKEN, [
    hash,
  ]);
  return row?.scope == null ? undefined : row;
}
