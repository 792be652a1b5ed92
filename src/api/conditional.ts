import type { Context } from 'koa';
import type { Db } from '../db/database.ts';
import { findNotedVersion, noteVersion, versionOf } from '../db/list-changes.ts';
import { inSnapshot, type Tx } from '../db/transaction.ts';

/**
 * Loads an answer in one snapshot, with its `Last-Modified`; or answers 304, and loads nothing,
 * where `If-Modified-Since` says that the caller has this version of the list.
 *
 * The time is not that of the last change: a change that is committed later than one with a later
 * time would go unnoticed, and so would a second change in the same second. It is when somebody
 * first saw this version (`list_versions`), and no two versions share one.
 * @param list the list that the answer is of, or none: then it is always loaded
 * @returns undefined where 304 is on `ctx`
 */
export async function loadConditionally<T>(
  db: Db,
  ctx: Context,
  list: string | undefined,
  load: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  if (list === undefined) {
    return inSnapshot(db, load);
  }
  const since = sinceOf(ctx);
  const { version, loaded } = await inSnapshot(db, async (tx) => {
    const version = await versionOf(tx, list);
    const noted = since === undefined ? undefined : await findNotedVersion(tx, list);
    const known = noted?.version === version && since !== undefined && since >= noted.notedAt;
    return { version, loaded: known ? undefined : { answer: await load(tx) } };
  });
  const noted = await noteVersion(db, list, version);
  const time = noted.notedAt.getTime();
  // Somebody has noted a later version meanwhile: what is loaded here is older than that.
  const modified = noted.version > version ? time - 1000 : time;
  ctx.set('Last-Modified', new Date(modified).toUTCString());
  ctx.set('Cache-Control', 'private, no-cache');
  if (loaded === undefined) {
    ctx.status = 304;
    return undefined;
  }
  return loaded.answer;
}

/** What is no date is ignored, as RFC 9110 section 13.1.3 wants it. */
function sinceOf(ctx: Context): Date | undefined {
  const given = ctx.get('If-Modified-Since');
  const time = Date.parse(given);
  return given === '' || Number.isNaN(time) ? undefined : new Date(time);
}
