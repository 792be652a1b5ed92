import type { Context } from 'koa';
import type { Db } from '../db/database.ts';
import { findRecordedVersion, recordVersion, versionOf } from '../db/list-changes.ts';
import { inSnapshot, type Tx } from '../db/transaction.ts';

/** Version of a list; `known` if the caller has it already. */
export interface Condition {
  /** Undefined where it does not matter: then the answer is always loaded. */
  readonly list: string | undefined;
  readonly version: bigint;
  readonly known: boolean;
}

/**
 * Compares `If-Modified-Since` with the version of a list (see `versionOf`).
 *
 * The header's time is not that of the last change: a change that commits later than one with a
 * later time would be missed, and so would a second change in the same second. It is the time at
 * which this version was first read (`list_versions`), and no two versions share one.
 * @param list undefined: the answer does not depend on a list alone
 */
export async function readCondition(
  db: Db,
  ctx: Context,
  list: string | undefined,
): Promise<Condition> {
  if (list === undefined) {
    return { list, version: 0n, known: false };
  }
  const version = await versionOf(db, list);
  const since = sinceOf(ctx);
  if (since === undefined) {
    return { list, version, known: false };
  }
  const noted = await findRecordedVersion(db, list);
  return { list, version, known: noted?.version === version && since >= noted.notedAt };
}

/**
 * Loads an answer in one snapshot, with its `Last-Modified`, or answers 304 and loads nothing. What
 * is loaded is at least as new as the version that was read before it.
 * @returns undefined where 304 is on `ctx`
 */
export async function loadConditionally<T>(
  db: Db,
  ctx: Context,
  { list, version, known }: Condition,
  load: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  const loaded = known ? undefined : { answer: await inSnapshot(db, load) };
  if (list !== undefined) {
    const noted = await recordVersion(db, list, version);
    const time = noted.notedAt.getTime();
    // Somebody has noted a later version meanwhile: what the caller gets may be older than that.
    const modified = noted.version > version ? time - 1000 : time;
    ctx.set('Last-Modified', new Date(modified).toUTCString());
    ctx.set('Cache-Control', 'private, no-cache');
  }
  if (loaded === undefined) {
    ctx.status = 304;
    return undefined;
  }
  return loaded.answer;
}

/** Ignores an invalid date. @see RFC 9110 §13.1.3 */
function sinceOf(ctx: Context): Date | undefined {
  const given = ctx.get('If-Modified-Since');
  const time = Date.parse(given);
  return given === '' || Number.isNaN(time) ? undefined : new Date(time);
}
