import assert from 'node:assert/strict';
import type pg from 'pg';
import type { ModelApplication } from './model.ts';

/** Queries for rows that must not exist, for the grants of the applications in `$1`. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  'a family with two unused refresh tokens': `
    select family_id from refresh_tokens t join grants g on g.id = t.grant_id
      where g.client_id = any($1) and t.consumed_at is null
      group by family_id having count(*) > 1`,
  'a family with two current access tokens': `
    select family_id from access_tokens t join grants g on g.id = t.grant_id
      where g.client_id = any($1) and t.superseded_at is null
      group by family_id having count(*) > 1`,
  'a stored response of a revoked grant': `
    select r.grant_id from refresh_replays r join grants g on g.id = r.grant_id
      where g.client_id = any($1) and g.revoked_at is not null`,
  'a stored response whose refresh token was used': `
    select r.grant_id from refresh_replays r
      join refresh_tokens t on t.token_hash = r.successor_hash
      join grants g on g.id = t.grant_id
      where g.client_id = any($1) and t.consumed_at is not null`,
  'a grant without exactly one log entry of its consent': `
    select g.id from grants g left join audit_events e
        on e.grant_id = g.id and e.action = 'stagedoor.user.oauth.authorized'
      where g.client_id = any($1) group by g.id having count(e.id) <> 1`,
  'a revoked grant without exactly one log entry of it': `
    select g.id from grants g left join audit_events e
        on e.grant_id = g.id and e.action = 'stagedoor.user.oauth.revoked'
      where g.client_id = any($1) and g.revoked_at is not null
      group by g.id having count(e.id) <> 1`,
};

/** Checks what no response shows: the rows that are left after a walk. */
export async function assertRows(
  database: pg.Client,
  applications: readonly ModelApplication[],
): Promise<void> {
  const clientIds = applications.map(({ application }) => application.clientId);
  for (const [name, query] of Object.entries(FORBIDDEN)) {
    const { rows } = await database.query(query, [clientIds]);
    assert.deepEqual(rows, [], name);
  }
}
