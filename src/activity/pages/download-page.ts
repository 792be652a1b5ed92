import type { Db } from '../../db/database.ts';
import { download, type Page, seeOther } from '../../http/page.ts';
import { csvLine } from '../../lib/csv.ts';
import { identify } from '../../sessions/pages/sessions.ts';
import type { UserPageDeps } from '../../sessions/pages/user-page.ts';
import type { ActivityEntry, ActivityFilter, Place } from '../activity.ts';
import {
  listActivityApplications,
  listActivityOrganizers,
  readActivity,
} from '../activity-store.ts';
import { ACTIVITY, readLogQuery, storeFilter } from './activity-filter.ts';
import { CSV_DOWNLOAD, DOWNLOAD } from './activity-page.ts';
import { type PresentDeps, presentForDownload, wordsFor } from './presenters.ts';

/** Downloads the user's log, or what filters leave of it, as one JSON array. */
export const downloadPage = logDownload(DOWNLOAD, 'json', 'application/json', writeJson);

/** Downloads the same as a table. */
export const csvDownloadPage = logDownload(CSV_DOWNLOAD, 'csv', 'text/csv', writeCsv);

function logDownload(
  path: string,
  ending: string,
  type: string,
  write: (
    deps: PresentDeps,
    batches: AsyncIterable<readonly ActivityEntry[]>,
  ) => AsyncGenerator<string>,
): Page<UserPageDeps> {
  return {
    path,
    show: async (deps, ctx) => {
      const identified = await identify(deps, ctx);
      if (identified === undefined) {
        // Not back here: after a download the browser would stay on the sign-in page.
        return seeOther(`/login?return_to=${encodeURIComponent(ACTIVITY)}`);
      }
      const { user } = identified;
      const words = wordsFor(deps.config, deps.renderer.locale(ctx), user.id);
      const query = readLogQuery(ctx.query, {
        applications: await listActivityApplications(deps.db, user.id),
        organizers: await listActivityOrganizers(deps.db, user.id),
      });
      return download({
        name: `activity-${new Date().toISOString().slice(0, 10)}.${ending}`,
        type,
        chunks: write(words, exportActivity(deps.db, storeFilter(query, user))),
      });
    },
  };
}

/** Writes a table with a line of column names, one chunk per entry. */
async function* writeCsv(
  deps: PresentDeps,
  batches: AsyncIterable<readonly ActivityEntry[]>,
): AsyncGenerator<string> {
  yield csvLine(['happened_at', 'action', 'sentence', 'actor', 'client_id', 'ip', 'user_agent']);
  for await (const batch of batches) {
    for (const entry of batch) {
      const shown = presentForDownload(deps, entry);
      yield csvLine([
        shown.happened_at,
        shown.action,
        shown.sentence,
        shown.actor,
        entry.clientId,
        shown.ip,
        shown.user_agent,
      ]);
    }
  }
}

/** Writes one JSON array, one chunk per entry. */
async function* writeJson(
  deps: PresentDeps,
  batches: AsyncIterable<readonly ActivityEntry[]>,
): AsyncGenerator<string> {
  let before = '[';
  for await (const batch of batches) {
    for (const entry of batch) {
      yield `${before}\n${JSON.stringify(presentForDownload(deps, entry))}`;
      before = ',';
    }
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

/** Entries that are in memory at once. */
const BATCH = 500;

/**
 * All entries of a user's log that match a filter, in batches, the newest first. Each is read when it
 * is asked for, so a long log is never in memory; what is written meanwhile is left out. A batch is
 * empty if a long part of the log has no match.
 */
export async function* exportActivity(
  db: Db,
  filter: ActivityFilter,
): AsyncGenerator<readonly ActivityEntry[]> {
  let after: Place | undefined;
  do {
    const { entries, end } = await readActivity(db, filter, after, BATCH);
    yield entries;
    after = end;
  } while (after !== undefined);
}
