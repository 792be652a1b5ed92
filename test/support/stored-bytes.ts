import { sql } from 'kysely';
import type { Database } from '../../src/db/database.ts';

/** Rows and bytes of one table. */
export interface Stored {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Measures the payload of every table that has rows. */
export async function storedBytes({ db }: Database): Promise<Stored[]> {
  const tables = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname
  `.execute(db);
  const stored: Stored[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ rows: string; bytes: string }>`
      select count(*) as rows, coalesce(sum(pg_column_size(t.*)), 0) as bytes
      from ${sql.table(name)} t
    `.execute(db);
    stored.push({ table: name, rows: Number(rows[0]?.rows), bytes: Number(rows[0]?.bytes) });
  }
  return stored;
}

/** Returns the tables that grew between two measurements, and by how much. */
export function growth(before: readonly Stored[], after: readonly Stored[]): Stored[] {
  return after.flatMap((now) => {
    const then = before.find(({ table }) => table === now.table);
    const rows = now.rows - (then?.rows ?? 0);
    const bytes = now.bytes - (then?.bytes ?? 0);
    return rows > 0 || bytes > 0 ? [{ table: now.table, rows, bytes }] : [];
  });
}
