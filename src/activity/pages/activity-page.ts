import { type Page, type PageAnswer, render } from '../../http/page.ts';
import { pageLinks, pageRequest, sliceOfPage } from '../../http/page-links.ts';
import { view } from '../../http/view.ts';
import { type UserPageDeps, userPage } from '../../sessions/pages/user-page.ts';
import { isActivityKind } from '../activity.ts';
import { listActivityApplications, selectActivity } from '../activity-store.ts';
import { type FilterProps, presentFilter } from './filter-presenters.ts';
import { type ActivityEntryProps, presentEntry, wordsFor } from './presenters.ts';

/** Path of the log. */
export const ACTIVITY = '/account/activity';
/** Path of the download of the whole log. */
export const DOWNLOAD = `${ACTIVITY}.json`;
/** Path of the download of the whole log as a table. */
export const CSV_DOWNLOAD = `${ACTIVITY}.csv`;

/** A page of the user's own log. */
interface ActivityProps {
  readonly entries: readonly ActivityEntryProps[];
  readonly filter: FilterProps & {
    readonly action: string;
    /** The filter is set. */
    readonly narrows: boolean;
  };
  /** Reason why there are no entries, if there are none. */
  readonly empty: 'page' | 'filtered' | 'log';
  /** Link to the newest entries without a filter. */
  readonly newest: string;
  readonly newer: string | undefined;
  readonly older: string | undefined;
  readonly download: string;
  readonly csvDownload: string;
  /** Days that entries are kept; 0: for ever. */
  readonly keptDays: number;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/** Entries a page. */
const PAGE_SIZE = 50;

const activityView = view<ActivityProps>('activity/activity');

/** Shows the user's log, the newest entries first. */
export const activityPage: Page<UserPageDeps> = userPage({
  path: ACTIVITY,
  show: async ({ deps, user, locale, query }): Promise<PageAnswer> => {
    const words = wordsFor(deps.config, locale, user.id);
    const applications = await listActivityApplications(deps.db, user.id);
    const application = applications.find(({ clientId }) => clientId === query.application);
    const kind = isActivityKind(query.kind) ? query.kind : undefined;
    const page = pageRequest(ACTIVITY, { application: application?.clientId, kind }, query);
    const filter = { userId: user.id, kind, clientId: application?.clientId };
    const { entries, ...beside } = await selectActivity(
      deps.db,
      filter,
      sliceOfPage(page, PAGE_SIZE),
    );
    const { next, previous } = pageLinks(page, beside);
    const narrows = kind !== undefined || application !== undefined;
    return render(activityView, {
      entries: entries.map((entry) => presentEntry(words, entry)),
      filter: { action: ACTIVITY, narrows, ...presentFilter(words, applications, filter) },
      empty: page.page > 1 ? 'page' : narrows ? 'filtered' : 'log',
      newest: ACTIVITY,
      newer: entries.length > 0 ? previous : undefined,
      older: next,
      download: DOWNLOAD,
      csvDownload: CSV_DOWNLOAD,
      keptDays: deps.config.logRetentionDays,
      timezone: user.timezone,
    });
  },
});
