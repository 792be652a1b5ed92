import { download, type Page, seeOther } from '../../http/page.ts';
import { identify } from '../../sessions/pages/identify.ts';
import type { UserPageDeps } from '../../sessions/pages/user-page.ts';
import type { ActivityEntry } from '../activity.ts';
import { exportActivity } from '../export-activity.ts';
import { ACTIVITY, DOWNLOAD } from './activity-page.ts';
import { type PresentDeps, presentForDownload, wordsFor } from './presenters.ts';

/** Downloads the user's whole log as one JSON array. */
export const downloadPage: Page<UserPageDeps> = {
  path: DOWNLOAD,
  show: async (deps, ctx) => {
    const identified = await identify(deps, ctx);
    if (identified === undefined) {
      // Not back here: after a download the browser would stay on the sign-in page.
      return seeOther(`/login?return_to=${encodeURIComponent(ACTIVITY)}`);
    }
    const { user } = identified;
    const words = wordsFor(deps.config, deps.renderer.locale(ctx), user.id);
    return download({
      name: `activity-${new Date().toISOString().slice(0, 10)}.json`,
      type: 'application/json',
      chunks: writeJson(words, exportActivity(deps.db, user.id)),
    });
  },
};

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
