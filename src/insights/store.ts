import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { readSlice, type Slice, type Sliced } from '../db/slice.ts';
import {
  type ClientError,
  type Details,
  ENDPOINTS,
  type Endpoint,
  ERROR_DAYS,
  ERRORS_PER_CLIENT,
  type NewClientError,
} from './client-error.ts';
import { isReason, type Reason } from './reason.ts';

/** Name of the request's ID among the details of a row. */
const REQUEST_ID = 'request_id';

/** Writes failed requests, in their order; those of applications that are not there (any more) are left out. */
export async function insertClientErrors(
  db: Db,
  entries: readonly NewClientError[],
): Promise<void> {
  const rows = entries.map((entry, place) => ({
    place,
    client_id: entry.clientId,
    happened_at: entry.happenedAt,
    endpoint: entry.endpoint,
    error: entry.error,
    reason: entry.reason,
    details: { ...entry.details, [REQUEST_ID]: entry.requestId },
  }));
  await sql`
    insert into client_errors (client_id, happened_at, endpoint, error, reason, details)
    select entry.client_id, entry.happened_at, entry.endpoint, entry.error, entry.reason, entry.details
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as entry (
      place int, client_id text, happened_at timestamptz, endpoint text, error text, reason text, details jsonb
    )
    join applications using (client_id)
    order by entry.place
  `.execute(db);
}

/**
 * Returns one slice of an application's failed requests of the last 7 days, the newest first.
 * @param only an endpoint, the ID of a request, or both
 */
export async function listErrors(
  db: Db,
  clientId: string,
  only: { readonly endpoint?: Endpoint | undefined; readonly requestId?: string | undefined },
  slice: Slice,
): Promise<Sliced<ClientError>> {
  const { endpoint, requestId } = only;
  const wanted = db
    .selectFrom('client_errors')
    .where('client_id', '=', clientId)
    .where('happened_at', '>', sql<Date>`now() - make_interval(days => ${ERROR_DAYS})`)
    .$if(endpoint !== undefined, (query) => query.where('endpoint', '=', endpoint ?? 'token'))
    .$if(requestId !== undefined, (query) =>
      query.where(sql<string>`details->>${sql.lit(REQUEST_ID)}`, '=', requestId ?? ''),
    );
  const { count } = await wanted
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  const rows = wanted.select([
    'id',
    'happened_at as happenedAt',
    'endpoint',
    'error',
    'reason',
    'details',
  ]);
  const order = { by: { id: 'bigint' }, direction: 'desc' } as const;
  const part = await readSlice(rows, slice, order, count);
  const entries = part.entries.map((row) => {
    const { [REQUEST_ID]: requestId, ...details } = toDetails(row.details);
    return {
      ...row,
      id: String(row.id),
      endpoint: ENDPOINTS.find((one) => one === row.endpoint) ?? 'token',
      reason: toReason(row.reason),
      details,
      requestId: typeof requestId === 'string' ? requestId : undefined,
    };
  });
  return { ...part, entries };
}

/** Returns the reason of a row. A newer version, while this one is still running, may know more. */
export function toReason(value: string): Reason {
  return isReason(value) ? value : 'other';
}

/** Returns the details of a row. */
export function toDetails(value: Record<string, unknown>): Details {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, detail]): [string, string | string[]][] => {
      if (typeof detail === 'string') {
        return [[name, detail]];
      }
      return Array.isArray(detail) ? [[name, detail.map(String)]] : [];
    }),
  );
}

/**
 * Deletes failed requests of applications beyond 10,000 each, the oldest first, at most `limit`.
 * @returns how many were deleted
 */
export async function deleteSurplusErrors(db: Db, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    with full_clients as (
      select client_id from client_errors group by client_id
      having count(*) > ${ERRORS_PER_CLIENT}
    )
    delete from client_errors where ctid = any(array(
      select surplus.row from full_clients f, lateral (
        select e.ctid as row from client_errors e where e.client_id = f.client_id
        order by e.id desc offset ${ERRORS_PER_CLIENT}
      ) surplus limit ${limit}
    ))
  `.execute(db);
  return Number(numAffectedRows);
}
