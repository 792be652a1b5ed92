import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { grantEnd, tokenEnd } from '../db/live-grant.ts';
import type { AllowedResources } from '../grants/grant.ts';
import { hashOf } from '../lib/credentials.ts';
import { ownValue } from '../lib/own-value.ts';
import { isReplayable } from './replay-store.ts';
import type {
  FoundAuthorizationCode,
  FoundRefreshToken,
  FoundToken,
  RedeemableToken,
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
 * Returns a refresh token by value, in any state. One that a client may present again, because its
 * response may have been lost, counts as unused.
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

/** Returns an access token by value, in any state. */
export async function selectAccessToken(db: Db, value: string): Promise<FoundToken | undefined> {
  const row = await db
    .selectFrom('access_tokens as t')
    .innerJoin('grants as g', 'g.id', 't.grant_id')
    .where('t.token_hash', '=', hashOf(value))
    .select([...TOKEN_COLUMNS, 't.scopes'])
    .executeTakeFirst();
  return row && toFound(row);
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

/** Without those that the user has removed since. */
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
