import type { Adapter } from 'oidc-provider';
import type pg from 'pg';
import { type StoredRecord, storedRecords } from './records.ts';

const CREATE = `
  create table models (
    model text not null,
    id text not null,
    payload jsonb not null,
    grant_id text,
    uid text,
    expires_at timestamptz,
    consumed_at timestamptz,
    primary key (model, id)
  );
  create index models_grant on models (grant_id);
  create index models_uid on models (uid)`;

const FILL = `
  insert into models (model, id, payload, grant_id, expires_at)
    select r->>'model', r->>'id', r->'payload', r->'payload'->>'grantId', now() + interval '90 days'
      from jsonb_array_elements($1) r`;

const UPSERT = `
  insert into models (model, id, payload, grant_id, uid, expires_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (model, id) do update set payload = excluded.payload,
      grant_id = excluded.grant_id, uid = excluded.uid, expires_at = excluded.expires_at`;

const BATCH = 5_000;

/** Creates and fills the table of `postgresAdapters`. */
export async function fillModels(pool: pg.Pool): Promise<void> {
  await pool.query(CREATE);
  let batch: StoredRecord[] = [];
  const flush = async () => {
    await pool.query(FILL, [JSON.stringify(batch)]);
    batch = [];
  };
  for (const record of storedRecords()) {
    batch.push(record);
    if (batch.length === BATCH) {
      await flush();
    }
  }
  await flush();
  await pool.query('vacuum analyze models');
  await pool.query('checkpoint');
}

/**
 * Stores models in one table with a JSON column, as adapters for oidc-provider usually do: plain
 * queries, each in a separate transaction.
 */
export function postgresAdapters(pool: pg.Pool): (model: string) => Adapter {
  return (model) => {
    const find = async (column: 'id' | 'uid', value: string) => {
      const { rows } = await pool.query(
        `select payload, expires_at, consumed_at from models where model = $1 and ${column} = $2`,
        [model, value],
      );
      const [row] = rows;
      if (row === undefined || (row.expires_at !== null && row.expires_at < new Date())) {
        return undefined;
      }
      return { ...row.payload, ...(row.consumed_at !== null && { consumed: true }) };
    };
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000);
        const values = [model, id, payload, payload.grantId, payload.uid, expiresAt];
        await pool.query(UPSERT, values);
      },
      find: (id) => find('id', id),
      findByUid: (uid) => find('uid', uid),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        await pool.query('update models set consumed_at = now() where model = $1 and id = $2', [
          model,
          id,
        ]);
      },
      destroy: async (id) => {
        await pool.query('delete from models where model = $1 and id = $2', [model, id]);
      },
      revokeByGrantId: async (grantId) => {
        await pool.query('delete from models where grant_id = $1', [grantId]);
      },
    };
  };
}
