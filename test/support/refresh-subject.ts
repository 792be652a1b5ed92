import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { hashOf, newCredential } from '../../src/lib/credentials.ts';
import { sealTokens } from '../../src/tokens/replay.ts';
import type { RefreshState } from './refresh-cases.ts';
import { seedParties, type TokenSubject } from './token-subject.ts';

const JKT = 'k'.repeat(43);

/** Names of the stored tokens. The successors are those for which `refresh` was exchanged earlier. */
interface RefreshSubject extends TokenSubject {
  readonly values: Readonly<
    Record<'access' | 'refresh' | 'successor access' | 'successor refresh', string>
  >;
}

/** Writes a state to the database. */
export async function seedRefresh(db: Db, state: RefreshState): Promise<RefreshSubject> {
  const parties = await seedParties(db, state);
  const refresh = newCredential('sdr');
  const values = {
    access: newCredential('sda'),
    refresh,
    'successor access': newCredential('sda'),
    'successor refresh': newCredential('sdr'),
  };
  const subject = { ...parties, presented: refresh, values };
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
  const { access, refresh } = subject.values;
  const { ofSource, ofAccess } = subject.audience;
  const successor = {
    accessToken: subject.values['successor access'],
    refreshToken: subject.values['successor refresh'],
  };
  const refreshTokens = [
    {
      ...common,
      ...ofSource,
      token_hash: hashOf(refresh),
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
      ...ofAccess,
      token_hash: hashOf(access),
      expires_at: ends(1_000),
      superseded_at: used(ago),
    },
  ];
  if (isReplaced) {
    refreshTokens.push({
      ...common,
      ...ofSource,
      token_hash: hashOf(successor.refreshToken),
      rotations: 4,
      first_issued_at: issued_at,
      expires_at: ends(1_000),
      consumed_at: token === 'successor used' ? used(1) : null,
      successor_hash: null,
    });
    accessTokens.push({
      ...common,
      ...ofAccess,
      token_hash: hashOf(successor.accessToken),
      expires_at: ends(1_000),
      superseded_at: null,
    });
    const values = { presented: refresh, ...successor };
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
