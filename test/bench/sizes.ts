import { sql } from 'kysely';
import { openDatabase } from '../../src/db/database.ts';
import { hashOf, newCredential } from '../../src/lib/credentials.ts';
import { replaceRefreshToken } from '../../src/tokens/refresh-store.ts';
import { createSubject } from '../support/changes/revocations.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

const GRANTS = 1_000;
/** Refreshes of each grant. */
const REFRESHES = 60;
const TABLES = ['refresh_tokens', 'access_tokens'] as const;

/**
 * Measures the bytes that a refresh leaves in the tables of tokens, after vacuum and with indexes: 1,000 grants
 * are refreshed 60 times each, in turn: `npm run bench:sizes`.
 */
async function main(): Promise<void> {
  await withPostgres(async () => {
    const { url, drop } = await createTestDatabase();
    const database = await openDatabase({ url, dataDir: '', connections: 4, queryTimeout: 30_000 });
    const { db } = database;
    try {
      await sql`insert into organizers (slug, name) values ('redstage', '"R"')`.execute(db);
      const { application, user } = await createSubject(db, 'size');
      const { clientId, clientSecret = '' } = application;
      const tokens: string[] = [];
      for (let n = 0; n < GRANTS; n += 1) {
        tokens.push((await seedTokens(db, { userId: user, clientId })).refreshToken);
      }
      const refresh = async (index: number) => {
        const next = newCredential('sdr');
        const row = await replaceRefreshToken(database, {
          clientId,
          secretHash: hashOf(clientSecret),
          presentedHash: hashOf(tokens[index] ?? ''),
          knownScopes: ['read', 'write', 'profile'],
          refreshTokenHash: hashOf(next),
          accessTokenHash: hashOf(newCredential('sda')),
          accessTokenTtl: 3_600,
          refreshTokenTtl: 90 * 86_400,
          ip: '192.0.2.1',
          requestedScopes: undefined,
          sealed: undefined,
          retrySeconds: 0,
        });
        if (row === undefined) {
          throw new Error('A refresh was refused.');
        }
        tokens[index] = next;
      };
      const sizes = async () => {
        await sql`vacuum analyze`.execute(db);
        const { rows } = await sql<{ name: string; bytes: string; indexes: string }>`
          select relname as name, pg_total_relation_size(oid) as bytes, pg_indexes_size(oid) as indexes
          from pg_class where relname = any(${[...TABLES]}) order by relname
        `.execute(db);
        return rows;
      };
      const before = await sizes();
      for (let round = 0; round < REFRESHES; round += 1) {
        for (let first = 0; first < GRANTS; first += 50) {
          await Promise.all(Array.from({ length: 50 }, (_, n) => refresh(first + n)));
        }
      }
      const after = await sizes();
      console.table(
        after.map(({ name, bytes, indexes }, index) => ({
          table: name,
          'bytes per refresh': perRefresh(bytes, before[index]?.bytes),
          'of which indexes': perRefresh(indexes, before[index]?.indexes),
        })),
      );
    } finally {
      await database.close();
      await drop();
    }
  });
}

function perRefresh(after: string, before = '0'): number {
  return Math.round((Number(after) - Number(before)) / (GRANTS * REFRESHES));
}

await runAndExit(main);
