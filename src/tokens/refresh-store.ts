import type { Database } from '../db/database.ts';
import {
  type RedemptionRow,
  type RedemptionValues,
  redemption,
  toParameters,
} from './redemption-store.ts';

/** The new refresh token keeps the scopes of the used one, so that a client can repeat them. */
const REFRESH = redemption({
  table: 'refresh_tokens t',
  isPresented: 't.token_hash = $3',
  lineage: 't.family_id, t.rotations + 1 as rotations, t.first_issued_at',
  refreshScopes: 'p.scopes',
  requestedScopes: 'coalesce($10, p.scopes)',
  hasScopes: `new.access_scopes <> '{}' and ($10::text[] is null or $10 <@ new.scopes)`,
  consumption: ', successor_hash = $5',
  effects: `, superseded as (
    update access_tokens t set superseded_at = now()
    from consumed c where t.family_id = c.family_id and t.superseded_at is null
  ), forgotten as (
    delete from refresh_replays
    where grant_id = (select grant_id from consumed) and successor_hash = $3
  ), replay as (
    insert into refresh_replays (grant_id, successor_hash, sealed, expires_at)
    select grant_id, $5, $11, now() + make_interval(secs => $12) from consumed
    where $11::bytea is not null
  )`,
});

/** Values of a refresh. */
export interface RefreshValues extends RedemptionValues {
  /** Undefined: all that are left. */
  readonly requestedScopes: readonly string[] | undefined;
  /** The response for retries, encrypted; undefined: there are none. */
  readonly sealed: Uint8Array | undefined;
  readonly retrySeconds: number;
}

/**
 * Authenticates the client, uses up its refresh token and stores the tokens that replace it; returns
 * undefined and changes nothing if any condition fails.
 */
export async function replaceRefreshToken(
  database: Database,
  values: RefreshValues,
): Promise<RedemptionRow | undefined> {
  const [row] = await database.write<RedemptionRow>(REFRESH, [
    ...toParameters(values),
    values.requestedScopes ?? null,
    values.sealed ?? null,
    values.retrySeconds,
  ]);
  return row;
}
