import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { hashOf, newCredential, randomText } from '../../src/lib/credentials.ts';
import { unseal } from '../../src/lib/encryption.ts';
import { sealTokens } from '../../src/tokens/replay.ts';
import type { RefreshState } from './refresh-cases.ts';

/** A state in the database, with its secret values. */
export interface RefreshSubject {
  readonly clientId: string;
  readonly isPublic: boolean;
  readonly userId: string;
  readonly grantId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Tokens for which `refreshToken` was exchanged earlier. */
  readonly successor: { readonly accessToken: string; readonly refreshToken: string };
}

const JKT = 'k'.repeat(43);

/** Writes a state to the database. */
export async function seedSubject(db: Db, state: RefreshState): Promise<RefreshSubject> {
  const [clientId, userId, grantId] = [randomText(12), randomText(12), randomText(22)];
  const subject = {
    clientId,
    isPublic: state.clientType === 'public',
    userId,
    grantId,
    clientSecret: newCredential('sds'),
    accessToken: newCredential('sda'),
    refreshToken: newCredential('sdr'),
    successor: { accessToken: newCredential('sda'), refreshToken: newCredential('sdr') },
  };
  const { application, revocation } = state;
  const after = (seconds: number | null) =>
    seconds === null ? sql`null` : sql`now() + make_interval(secs => ${seconds}::float8)`;
  const secrets = state.secrets.map((one, index) => ({
    hash: hashOf(index === 0 ? subject.clientSecret : newCredential('sds')).toString('hex'),
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
      where ${state.clientType === 'confidential'}
    )
    insert into grants (id, user_id, client_id, scopes, expires_at, ends_at, revoked_at,
      revocation_reason)
    values (${grantId}, ${userId}, ${clientId}, ${[...state.grantScopes]}::text[],
      ${after(state.grantExpiresIn)}, ${after(state.grantEndsIn)},
      case when ${revocation !== null} then now() end, ${revocation})
  `.execute(db);
  await seedTokens(db, subject, state);
  return subject;
}

async function seedTokens(db: Db, subject: RefreshSubject, state: RefreshState): Promise<void> {
  const { token } = state;
  const familyId = randomUUID();
  const isReplaced = ['repeatable', 'too late', 'successor used'].includes(token);
  const usedAgo = { used: 5, repeatable: 5, 'too late': 31, 'successor used': 5 };
  const ago = token in usedAgo ? usedAgo[token as keyof typeof usedAgo] : null;
  const issued_at = sql<Date>`date_trunc('second', now()) - interval '1 minute'`;
  const ends = (seconds: number) =>
    sql<Date>`date_trunc('second', now()) + make_interval(secs => ${seconds})`;
  const used = (seconds: number | null) =>
    seconds === null ? null : sql<Date>`now() - make_interval(secs => ${seconds})`;
  const common = {
    grant_id: subject.grantId,
    family_id: familyId,
    scopes: [...state.tokenScopes],
    jkt: token === 'bound' ? JKT : null,
    issued_at,
  };
  const { successor } = subject;
  const refreshTokens = [
    {
      ...common,
      token_hash: hashOf(subject.refreshToken),
      rotations: 3,
      first_issued_at: issued_at,
      expires_at: ends(state.tokenExpiresIn),
      consumed_at: used(ago),
      successor_hash: isReplaced ? hashOf(successor.refreshToken) : null,
    },
  ];
  const accessTokens = [
    {
      ...common,
      token_hash: hashOf(subject.accessToken),
      expires_at: ends(1_000),
      superseded_at: used(ago),
    },
  ];
  if (isReplaced) {
    refreshTokens.push({
      ...common,
      token_hash: hashOf(successor.refreshToken),
      rotations: 4,
      first_issued_at: issued_at,
      expires_at: ends(1_000),
      consumed_at: token === 'successor used' ? used(1) : null,
      successor_hash: null,
    });
    accessTokens.push({
      ...common,
      token_hash: hashOf(successor.accessToken),
      expires_at: ends(1_000),
      superseded_at: null,
    });
    const values = { presented: subject.refreshToken, ...successor };
    await db
      .insertInto('refresh_replays')
      .values({
        grant_id: subject.grantId,
        successor_hash: hashOf(successor.refreshToken),
        sealed: sealTokens(values),
        expires_at: ends(25),
      })
      .execute();
  }
  await db.insertInto('refresh_tokens').values(refreshTokens).execute();
  await db.insertInto('access_tokens').values(accessTokens).execute();
}

interface StoredState {
  readonly access: readonly { readonly hash: string }[];
  readonly refresh: readonly { readonly hash: string; readonly successor: string | null }[];
  readonly replays: readonly { readonly successor: string; readonly sealed: string }[];
}

/**
 * Returns all rows of a subject, with differences between two subjects in the same state removed:
 * tokens have names, times are hundreds of seconds from now.
 */
export async function storedState(
  db: Db,
  subject: RefreshSubject,
  answered: { readonly access_token?: unknown; readonly refresh_token?: unknown },
): Promise<object> {
  const { clientId, grantId, userId } = subject;
  const { rows } = await sql<StoredState & { rest: object }>`
    select
      (select json_agg(json_build_object('hash', encode(token_hash, 'hex'), 'scopes', scopes,
          'jkt', jkt, 'superseded', superseded_at is not null,
          'ends', round(extract(epoch from expires_at - issued_at) / 100))
          order by issued_at, superseded_at)
        from access_tokens where grant_id = ${grantId}) as access,
      (select json_agg(json_build_object('hash', encode(token_hash, 'hex'), 'scopes', scopes,
          'jkt', jkt, 'used', consumed_at is not null, 'rotations', rotations,
          'successor', encode(successor_hash, 'hex'),
          'first', round(extract(epoch from now() - first_issued_at) / 100),
          'ends', round(extract(epoch from expires_at - issued_at) / 100)) order by rotations)
        from refresh_tokens where grant_id = ${grantId}) as refresh,
      coalesce((select json_agg(json_build_object('successor', encode(successor_hash, 'hex'),
          'sealed', encode(sealed, 'hex'),
          'ends', round(extract(epoch from expires_at - now()) / 100)))
        from refresh_replays where grant_id = ${grantId}), '[]') as replays,
      json_build_object(
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
  const names = new Map(
    [
      ['first access', subject.accessToken],
      ['first refresh', subject.refreshToken],
      ['successor access', subject.successor.accessToken],
      ['successor refresh', subject.successor.refreshToken],
      ['answered access', answered.access_token],
      ['answered refresh', answered.refresh_token],
    ].map(([name, value]) => [hashOf(String(value)).toString('hex'), String(name)]),
  );
  const named = (hash: string | null) => hash && (names.get(hash) ?? 'unknown');
  return {
    access: row.access.map((one) => ({ ...one, hash: named(one.hash) })),
    refresh: row.refresh.map((one) => ({
      ...one,
      hash: named(one.hash),
      successor: named(one.successor),
    })),
    replays: row.replays.map(({ sealed, ...one }) => ({
      ...one,
      successor: named(one.successor),
      opens: unseal(subject.refreshToken, 'refresh response', Buffer.from(sealed, 'hex'))
        .split(' ')
        .map((token) => named(hashOf(token).toString('hex'))),
    })),
    rest: row.rest,
  };
}
