import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { hashOf, newCredential, randomText } from '../../src/lib/credentials.ts';
import { unseal } from '../../src/lib/encryption.ts';
import { ORDERS, type PartiesState, STOCK } from './token-cases.ts';

/** A grant in the database, with its parties and secret values. */
export interface TokenSubject {
  readonly clientId: string;
  readonly isPublic: boolean;
  readonly userId: string;
  readonly grantId: string;
  readonly clientSecret: string;
  /** Columns of codes and refresh tokens, and of access tokens, for the audience. */
  readonly audience: {
    readonly ofSource: { readonly resources: string[] | null };
    readonly ofAccess: {
      readonly resource: string | null;
      readonly resource_server: string | null;
    };
  };
  /** The code or refresh token that is presented. */
  readonly presented: string;
  /** Stored codes and tokens by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** Values of a subject, without its codes and tokens. */
export type Parties = Omit<TokenSubject, 'presented' | 'values'>;

/** Client ID of the resource server to which the registered resources belong. */
const API = 'api';

/** Writes the resource server. */
export async function seedApi(db: Db): Promise<void> {
  await db.insertInto('resource_servers').values({ client_id: API, name: 'API' }).execute();
  const resources = [ORDERS, STOCK].map((key, position) => ({ key, uri: key, position }));
  await db
    .insertInto('resource_server_resources')
    .values(resources.map((resource) => ({ ...resource, client_id: API })))
    .execute();
}

/** Returns the resources of a grant, by key with the client ID of their resource server. */
function resourcesOf(audience: PartiesState['audience']): [key: string, server: string][] {
  const resources: Record<PartiesState['audience'], [string, string][]> = {
    none: [],
    one: [[ORDERS, API]],
    several: [
      [ORDERS, API],
      [STOCK, API],
    ],
    removed: [['https://gone.example.com/', API]],
    moved: [[ORDERS, 'other']],
  };
  return resources[audience];
}

/** Writes user, application, secrets and grant. */
export async function seedParties(db: Db, state: PartiesState): Promise<Parties> {
  const [clientId, userId, grantId] = [randomText(12), randomText(12), randomText(22)];
  const isPublic = state.clientType === 'public';
  const clientSecret = newCredential('sds');
  const { application, revocation } = state;
  const resources = resourcesOf(state.audience);
  const [[resource, server] = [null, null]] = resources;
  const after = (seconds: number | null) =>
    seconds === null ? sql`null` : sql`now() + make_interval(secs => ${seconds}::float8)`;
  const secrets = state.secrets.map((one, index) => ({
    hash: hashOf(index === 0 ? clientSecret : newCredential('sds')).toString('hex'),
    ends: one === 'expired' ? -1 : null,
  }));
  await sql`
    with new_user as (
      insert into users (id, email, email_key, full_name, is_active)
      values (${userId}, ${`${userId}@example.com`}, ${`${userId}@example.com`}, '', ${state.userActive})
    ), application as (
      insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes,
        is_active, suspended_at)
      values (${clientId}, null, 'Box Office', ${state.clientType}, '{https://app.example.com/cb}',
        ${[...state.applicationScopes]}::text[], ${application !== 'disabled'},
        case when ${application === 'suspended'} then now() end)
    ), secrets as (
      insert into application_secrets (secret_hash, client_id, last_four, expires_at)
      select decode(hash, 'hex'), ${clientId}, 'abcd', now() + make_interval(secs => ends)
      from json_to_recordset(${JSON.stringify(secrets)}::json) as s(hash text, ends float8)
      where ${!isPublic}
    )
    select
  `.execute(db);
  // A statement of its own: a grant needs parties that exist.
  await sql`
    insert into grants (id, user_id, client_id, scopes, resources, expires_at, ends_at, revoked_at,
      revocation_reason)
    values (${grantId}, ${userId}, ${clientId}, ${[...state.grantScopes]}::text[],
      ${resource === null ? null : JSON.stringify(Object.fromEntries(resources))}::jsonb,
      ${after(state.grantExpiresIn)}, ${after(state.grantEndsIn)},
      case when ${revocation !== null} then now() end, ${revocation})
  `.execute(db);
  const audience = {
    ofSource: { resources: resource === null ? null : resources.map(([key]) => key) },
    ofAccess: { resource, resource_server: server },
  };
  return { clientId, isPublic, userId, grantId, clientSecret, audience };
}

/** Replaces codes, tokens and ids of a subject by names. */
export function withNames(text: string, { values, clientId }: TokenSubject): string {
  const named = Object.entries(values).reduce(
    (rest, [name, value]) => rest.replaceAll(value, name),
    text,
  );
  return named.replaceAll(clientId, 'client').replaceAll(/(sd[ar])_\w{49}/g, '$1');
}

interface StoredState {
  readonly access: readonly { readonly hash: string }[] | null;
  readonly refresh: readonly { readonly hash: string; readonly successor: string | null }[] | null;
  readonly replays: readonly { readonly successor: string; readonly sealed: string }[];
}

/**
 * Returns all rows of a subject, with differences between two subjects in the same state removed:
 * tokens have names, times are hundreds of seconds from now.
 */
export async function storedState(
  db: Db,
  subject: TokenSubject,
  answered: { readonly access_token?: unknown; readonly refresh_token?: unknown },
): Promise<object> {
  const { clientId, grantId, userId } = subject;
  const { rows } = await sql<StoredState & { rest: object }>`
    select
      (select json_agg(json_build_object('hash', encode(token_hash, 'hex'), 'scopes', scopes,
          'jkt', jkt, 'resource', resource, 'server', resource_server,
          'superseded', superseded_at is not null,
          'whole', issued_at = date_trunc('second', issued_at),
          'issued', round(extract(epoch from now() - issued_at) / 100),
          'ends', round(extract(epoch from expires_at - issued_at) / 100))
          order by issued_at, superseded_at)
        from access_tokens where grant_id = ${grantId}) as access,
      (select json_agg(json_build_object('hash', encode(token_hash, 'hex'), 'scopes', scopes,
          'jkt', jkt, 'resources', resources, 'used', consumed_at is not null, 'rotations', rotations,
          'successor', encode(successor_hash, 'hex'),
          'whole', issued_at = date_trunc('second', issued_at),
          'issued', round(extract(epoch from now() - issued_at) / 100),
          'first', round(extract(epoch from now() - first_issued_at) / 100),
          'ends', round(extract(epoch from expires_at - issued_at) / 100)) order by rotations)
        from refresh_tokens where grant_id = ${grantId}) as refresh,
      coalesce((select json_agg(json_build_object('successor', encode(successor_hash, 'hex'),
          'sealed', encode(sealed, 'hex'),
          'ends', round(extract(epoch from expires_at - now()) / 100)))
        from refresh_replays where grant_id = ${grantId}), '[]') as replays,
      json_build_object(
        'codes', (select json_agg(json_build_object('scopes', scopes, 'jkt', jkt,
            'used', consumed_at is not null, 'version', application_version))
          from authorization_codes where grant_id = ${grantId}),
        'families', (select count(distinct family_id) from (
            select family_id from access_tokens where grant_id = ${grantId}
            union all select family_id from refresh_tokens where grant_id = ${grantId}) tokens),
        'grant', (select json_build_object('scopes', scopes, 'reason', revocation_reason,
            'revoked', revoked_at is not null, 'used', last_used_at is not null,
            'ip', last_used_ip, 'expires', round(extract(epoch from expires_at - now()) / 100),
            'ends', round(extract(epoch from ends_at - now()) / 100))
          from grants where id = ${grantId}),
        'events', (select json_agg(json_build_object('action', action, 'actor', actor,
            'ip', ip, 'data', data)) from audit_events where grant_id = ${grantId}),
        'mails', (select json_agg(kind) from mail_outbox where recipient = ${`${userId}@example.com`}),
        'secrets', (select count(*) from application_secrets where client_id = ${clientId})
      ) as rest
  `.execute(db);
  const [row] = rows;
  if (row === undefined) {
    throw new Error('The query returned no row.');
  }
  return withNamedHashes(row, subject, answered);
}

function withNamedHashes(
  row: StoredState & { rest: object },
  subject: TokenSubject,
  answered: { readonly access_token?: unknown; readonly refresh_token?: unknown },
): object {
  const { presented, values } = subject;
  const names = new Map(
    [
      ...Object.entries(values),
      ['answered access', answered.access_token],
      ['answered refresh', answered.refresh_token],
    ].map(([name, value]) => [hashOf(String(value)).toString('hex'), String(name)]),
  );
  const named = (hash: string | null) => hash && (names.get(hash) ?? 'unknown');
  return {
    access: row.access?.map((one) => ({ ...one, hash: named(one.hash) })),
    refresh: row.refresh?.map((one) => ({
      ...one,
      hash: named(one.hash),
      successor: named(one.successor),
    })),
    replays: row.replays.map(({ sealed, ...one }) => ({
      ...one,
      successor: named(one.successor),
      opens: unseal(presented, 'refresh response', Buffer.from(sealed, 'hex'))
        .split(' ')
        .map((token) => named(hashOf(token).toString('hex'))),
    })),
    rest: JSON.parse(withNames(JSON.stringify(row.rest), subject)),
  };
}
