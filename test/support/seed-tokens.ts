import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { hashOf, newCredential, randomText } from '../../src/lib/credentials.ts';

/** A grant and its tokens, written to the database without the flow. */
export interface SeededTokens {
  readonly grantId: string;
  readonly familyId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The parts of a seeded grant that a test chooses. */
export interface SeedOptions {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes?: readonly string[];
  readonly organizers?: readonly string[];
  /** Thumbprint of the key that the tokens are bound to. */
  readonly jkt?: string | null;
}

/** Writes a live grant with an access token and a refresh token, as after a code exchange. */
export async function seedTokens(db: Db, options: SeedOptions): Promise<SeededTokens> {
  const { userId, clientId, organizers = ['redstage'], jkt = null } = options;
  const scopes = [...(options.scopes ?? ['read', 'write'])];
  const grantId = randomText(22);
  const familyId = randomUUID();
  const [accessToken, refreshToken] = [newCredential('sda'), newCredential('sdr')];
  const issued_at = sql<Date>`date_trunc('second', now())`;
  const inDays = (days: number) =>
    sql<Date>`date_trunc('second', now()) + make_interval(days => ${days})`;
  const token = { grant_id: grantId, family_id: familyId, scopes, jkt, issued_at };
  await db
    .insertInto('grants')
    .values({ id: grantId, user_id: userId, client_id: clientId, scopes, expires_at: inDays(90) })
    .execute();
  if (organizers.length > 0) {
    await db
      .insertInto('grant_organizers')
      .values(organizers.map((slug) => ({ grant_id: grantId, organizer_slug: slug })))
      .execute();
  }
  await db
    .insertInto('access_tokens')
    .values({ ...token, token_hash: hashOf(accessToken), expires_at: inDays(1) })
    .execute();
  await db
    .insertInto('refresh_tokens')
    .values({
      ...token,
      token_hash: hashOf(refreshToken),
      rotations: 0,
      first_issued_at: issued_at,
      expires_at: inDays(90),
    })
    .execute();
  return { grantId, familyId, accessToken, refreshToken };
}
