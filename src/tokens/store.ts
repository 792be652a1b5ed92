import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { grantEnd, tokenEnd } from '../db/live-grant.ts';
import type { AllowedResources, RevocationReason } from '../grants/grant.ts';
import { hashOf, isWellFormed } from '../lib/credentials.ts';
import { ownValue } from '../lib/own-value.ts';
import { isReplayable } from './replay-store.ts';
import type {
  FoundAuthorizationCode,
  FoundRefreshToken,
  FoundToken,
  InvalidReason,
} from './token.ts';

/** Returns a code by value, in any state. */
export async function findCode(db: Db, value: string): Promise<FoundAuthorizationCode | undefined> {
  const row = await db
    .selectFrom('authorization_codes as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .innerJoin('users as u', 'u.id', 'g.user_id')
    .where('t.code_hash', '=', hashOf(value))
    .select([
      ...SOURCE_COLUMNS,
      't.redirect_uri as redirectUri',
      't.code_challenge as codeChallenge',
      sql<boolean>`g.fingerprint is distinct from a.fingerprint`.as('trustChanged'),
      scopesLeft.as('scopes'),
      expired.as('expired'),
    ])
    .executeTakeFirst();
  return row && { ...toSource(row), codeChallenge: row.codeChallenge ?? undefined };
}

/**
 * Returns a refresh token by value, in any state. One that a client may present again, because its
 * response may have been lost, counts as unused.
 */
export async function findRefreshToken(
  db: Db,
  value: string,
  retrySeconds: number,
): Promise<FoundRefreshToken | undefined> {
  if (!isWellFormed('sdr', value)) {
    return undefined;
  }
  const row = await db
    .selectFrom('refresh_tokens as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .innerJoin('applications as a', 'a.client_id', 'g.client_id')
    .innerJoin('users as u', 'u.id', 'g.user_id')
    .where('t.token_hash', '=', hashOf(value))
    .select([
      ...SOURCE_COLUMNS,
      't.family_id as familyId',
      't.rotations',
      't.first_issued_at as firstIssuedAt',
      't.scopes as grantedScopes',
      scopesLeft.as('scopes'),
      expired.as('expired'),
      isReplayable(retrySeconds).as('replayable'),
      sql<boolean>`${sql.raw(grantEnd('g'))} <= now()`.as('grantExpired'),
    ])
    .executeTakeFirst();
  return (
    row && toSource(row.replayable ? { ...row, consumedAt: null, expired: row.grantExpired } : row)
  );
}

/** Returns an access token by value, in any state. */
export async function findAccessToken(db: Db, value: string): Promise<FoundToken | undefined> {
  if (!isWellFormed('sda', value)) {
    return undefined;
  }
  const row = await db
    .selectFrom('access_tokens as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .where('t.token_hash', '=', hashOf(value))
    .select([...TOKEN_COLUMNS, 't.scopes'])
    .executeTakeFirst();
  return row && { ...row, jkt: row.jkt ?? undefined };
}

const TOKEN_COLUMNS = [
  't.grant_id as grantId',
  't.jkt',
  't.issued_at as issuedAt',
  't.expires_at as expiresAt',
  'g.user_id as userId',
  'g.client_id as clientId',
] as const;

const SOURCE_COLUMNS = [
  ...TOKEN_COLUMNS,
  't.resources',
  'g.resources as allowedResources',
  't.consumed_at as consumedAt',
  'g.revocation_reason as revocationReason',
  'a.is_active as isActive',
  'a.suspended_at as suspendedAt',
  'u.is_active as userIsActive',
] as const;

const expired = sql<boolean>`${sql.raw(tokenEnd('t', 'g'))} <= now()`;

/** Without those that the user has removed since. */
const scopesLeft = sql<string[]>`array(
  select scope from unnest(t.scopes) scope where scope = any(g.scopes)
)`;

/** Columns from which the state of a code or refresh token follows. */
interface SourceRow {
  readonly jkt: string | null;
  readonly resources: string[] | null;
  readonly allowedResources: Record<string, string> | null;
  readonly consumedAt: Date | null;
  readonly revocationReason: RevocationReason | null;
  readonly isActive: boolean;
  readonly suspendedAt: Date | null;
  readonly userIsActive: boolean;
  readonly expired: boolean;
}

function toSource<Row extends SourceRow>(row: Row) {
  return {
    ...row,
    jkt: row.jkt ?? undefined,
    consumed: row.consumedAt !== null,
    resources: resourcesOf(row),
    invalidReason: invalidReasonOf(row),
  };
}

/**
 * Returns the resources of a code or refresh token. Without any it has those of its grant: a server
 * process that knew no resources may have issued it.
 */
function resourcesOf({ resources, allowedResources }: SourceRow): AllowedResources | undefined {
  const allowed = allowedResources ?? {};
  const keys = resources ?? Object.keys(allowed);
  return resources === null && allowedResources === null
    ? undefined
    : new Map(keys.map((key) => [key, ownValue(allowed, key) ?? '']));
}

function invalidReasonOf(row: SourceRow): InvalidReason | undefined {
  if (row.revocationReason) {
    return row.revocationReason;
  }
  if (!row.isActive || row.suspendedAt !== null) {
    return 'application_suspended';
  }
  if (!row.userIsActive) {
    return 'user_inactive';
  }
  return row.expired ? 'expired' : undefined;
}
