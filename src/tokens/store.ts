import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { grantEnd, isLiveGrant, tokenEnd } from '../db/live-grant.ts';
import { preparedWrite } from '../db/prepared-query.ts';
import type { Tx } from '../db/transaction.ts';
import type { AllowedResources } from '../grants/grant.ts';
import { hashOf } from '../lib/credentials.ts';
import { ownValue } from '../lib/own-value.ts';
import { isReplayable } from './replay-store.ts';
import type {
  FoundAuthorizationCode,
  FoundRefreshToken,
  FoundToken,
  NewAccessToken,
  NewAuthorizationCode,
  NewRefreshToken,
  NewToken,
  RedeemableToken,
} from './token.ts';

const columns = (token: NewToken) => ({
  grant_id: token.grantId,
  scopes: [...token.scopes],
  jkt: token.jkt ?? null,
  issued_at: token.issuedAt,
  expires_at: token.expiresAt,
});

const codeInsertion = preparedWrite<
  ReturnType<typeof columns> & {
    code_hash: Uint8Array;
    redirect_uri: string;
    code_challenge: string | null;
    resources: string[] | null;
  }
>((db, param) =>
  db.insertInto('authorization_codes').values((eb) => ({
    code_hash: param('code_hash'),
    grant_id: param('grant_id'),
    redirect_uri: param('redirect_uri'),
    code_challenge: param('code_challenge'),
    scopes: param('scopes'),
    resources: param('resources'),
    jkt: param('jkt'),
    issued_at: param('issued_at'),
    expires_at: param('expires_at'),
    application_version: eb
      .selectFrom('grants')
      .innerJoin('applications', 'applications.client_id', 'grants.client_id')
      .where('grants.id', '=', param('grant_id'))
      .select('applications.version'),
  })),
);

/**
 * Stores a code by its hash, with the version of its application, whose row the authorization request
 * has locked.
 */
export async function issueCode(tx: Tx, code: NewAuthorizationCode): Promise<void> {
  await codeInsertion(tx, {
    ...columns(code),
    code_hash: hashOf(code.value),
    redirect_uri: code.redirectUri,
    code_challenge: code.codeChallenge ?? null,
    resources: code.resources === undefined ? null : [...code.resources],
  });
}

/** Stores an access token by its hash. */
export async function issueAccessToken(tx: Tx, token: NewAccessToken): Promise<void> {
  await tx
    .insertInto('access_tokens')
    .values({
      ...columns(token),
      token_hash: hashOf(token.value),
      family_id: token.familyId,
      resource: token.audience?.resource ?? null,
      resource_server: token.audience?.server ?? null,
    })
    .execute();
}

/** Stores a refresh token by its hash. */
export async function issueRefreshToken(tx: Tx, token: NewRefreshToken): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .values({
      ...columns(token),
      token_hash: hashOf(token.value),
      family_id: token.familyId,
      rotations: token.rotations,
      first_issued_at: token.firstIssuedAt,
      resources: token.resources === undefined ? null : [...token.resources],
    })
    .execute();
}

/** A code by value, in whatever state. */
export async function findCode(db: Db, value: string): Promise<FoundAuthorizationCode | undefined> {
  const row = await db
    .selectFrom('authorization_codes as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .innerJoin('users as u', 'u.id', 'g.user_id')
    .where('t.code_hash', '=', hashOf(value))
    .select([
      ...SOURCE_COLUMNS,
      't.redirect_uri',
      't.code_challenge',
      sql<boolean>`g.fingerprint is distinct from a.fingerprint`.as('trust_changed'),
      scopesLeft.as('scopes'),
      expired.as('expired'),
    ])
    .executeTakeFirst();
  return (
    row && {
      ...toSource(row),
      redirectUri: row.redirect_uri,
      codeChallenge: row.code_challenge ?? undefined,
      trustChanged: row.trust_changed,
    }
  );
}

/**
 * A refresh token by value, in whatever state. One that a client may present again, because its
 * response may have been lost, is as good as unused.
 */
export async function selectRefreshToken(
  db: Db,
  value: string,
  retrySeconds: number,
): Promise<FoundRefreshToken | undefined> {
  const row = await db
    .selectFrom('refresh_tokens as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .innerJoin('users as u', 'u.id', 'g.user_id')
    .where('t.token_hash', '=', hashOf(value))
    .select([
      ...SOURCE_COLUMNS,
      't.family_id',
      't.rotations',
      't.first_issued_at',
      't.scopes as granted_scopes',
      scopesLeft.as('scopes'),
      expired.as('expired'),
      isReplayable(retrySeconds).as('replayable'),
      sql<boolean>`${sql.raw(grantEnd('g'))} <= now()`.as('grant_expired'),
    ])
    .executeTakeFirst();
  return (
    row && {
      ...toSource(row.replayable ? { ...row, consumed_at: null, expired: row.grant_expired } : row),
      familyId: row.family_id,
      rotations: row.rotations,
      firstIssuedAt: row.first_issued_at,
      grantedScopes: row.granted_scopes,
    }
  );
}

/** An access token by value, in whatever state. */
export async function selectAccessToken(db: Db, value: string): Promise<FoundToken | undefined> {
  const row = await db
    .selectFrom('access_tokens as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .where('t.token_hash', '=', hashOf(value))
    .select([...TOKEN_COLUMNS, 't.scopes'])
    .executeTakeFirst();
  return row && toFound(row);
}

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

const TOKEN_COLUMNS = [
  't.grant_id',
  't.jkt',
  't.issued_at',
  't.expires_at',
  'g.user_id',
  'g.client_id',
] as const;

const SOURCE_COLUMNS = [
  ...TOKEN_COLUMNS,
  't.resources',
  'g.resources as allowed_resources',
  't.consumed_at',
  'g.revocation_reason',
  'a.is_active',
  'a.suspended_at',
  'u.is_active as user_is_active',
] as const;

const expired = sql<boolean>`${sql.raw(tokenEnd('t', 'g'))} <= now()`;

/** Without those that the user took away since. */
const scopesLeft = sql<string[]>`array(
  select scope from unnest(t.scopes) scope where scope = any(g.scopes)
)`;

interface TokenRow {
  grant_id: string;
  user_id: string;
  client_id: string;
  scopes: string[];
  jkt: string | null;
  issued_at: Date;
  expires_at: Date;
}

interface SourceRow extends TokenRow {
  consumed_at: Date | null;
  resources: string[] | null;
  allowed_resources: Record<string, string> | null;
  revocation_reason: RedeemableToken['invalidReason'] | null;
  is_active: boolean;
  suspended_at: Date | null;
  user_is_active: boolean;
  expired: boolean;
}

function toFound(row: TokenRow): FoundToken {
  return {
    grantId: row.grant_id,
    userId: row.user_id,
    clientId: row.client_id,
    scopes: row.scopes,
    jkt: row.jkt ?? undefined,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  };
}

function toSource(row: SourceRow): RedeemableToken {
  return {
    ...toFound(row),
    consumed: row.consumed_at !== null,
    resources: resourcesOf(row),
    invalidReason: invalidReasonOf(row),
  };
}

/**
 * Returns the resources of a code or refresh token. Without any it has those of its grant: a server
 * process that knew no resources may have issued it.
 */
function resourcesOf({ resources, allowed_resources }: SourceRow): AllowedResources | undefined {
  const allowed = allowed_resources ?? {};
  const keys = resources ?? Object.keys(allowed);
  return resources === null && allowed_resources === null
    ? undefined
    : new Map(keys.map((key) => [key, ownValue(allowed, key) ?? '']));
}

function invalidReasonOf(row: SourceRow): RedeemableToken['invalidReason'] {
  if (row.revocation_reason) {
    return row.revocation_reason;
  }
  if (!row.is_active || row.suspended_at !== null) {
    return 'application_suspended';
  }
  if (!row.user_is_active) {
    return 'user_inactive';
  }
  return row.expired ? 'expired' : undefined;
}
