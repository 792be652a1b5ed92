import { type Page, type PageAnswer, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-number.ts';
import { view } from '../../http/view.ts';
import { type UserPageDeps, userPage } from '../../sessions/pages/user-page.ts';
import { isActivityKind } from '../activity.ts';
import { listActivity, listActivityApplications } from '../list-activity.ts';
import { type FilterProps, presentFilter } from './filter-presenters.ts';
import { type ActivityEntryProps, presentEntry, wordsFor } from './presenters.ts';

/** Path of the log. */
export const ACTIVITY = '/account/activity';
/** Path of the download of the whole log. */
export const DOWNLOAD = `${ACTIVITY}.json`;

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
  /** Days that entries are kept; 0: for ever. */
  readonly keptDays: number;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

const activityView = view<ActivityProps>('activity/activity');

/** Shows the user's log, the newest entries first. */
export const activityPage: Page<UserPageDeps> = userPage({
  path: ACTIVITY,
  show: async ({ deps, user, locale, query }): Promise<PageAnswer> => {
    const words = wordsFor(deps.config, locale, user.id);
    const applications = await listActivityApplications(deps.db, user.id);
    const application = applications.find(({ clientId }) => clientId === query.application);
    const kind = isActivityKind(query.kind) ? query.kind : undefined;
    const page = pageNumber(query.page);
    const filter = { userId: user.id, kind, clientId: application?.clientId };
    const { entries, more } = await listActivity(deps.db, filter, page);
    const narrows = kind !== undefined || application !== undefined;
    const link = (number: number) => linkTo({ ...filter, page: number });
    return render(activityView, {
      entries: entries.map((entry) => presentEntry(words, entry)),
      filter: { action: ACTIVITY, narrows, ...presentFilter(words, applications, filter) },
      empty: page > 1 ? 'page' : narrows ? 'filtered' : 'log',
      newest: ACTIVITY,
      newer: page > 1 && entries.length > 0 ? link(page - 1) : undefined,
      older: more ? link(page + 1) : undefined,
      download: DOWNLOAD,
      keptDays: deps.config.logRetentionDays,
      timezone: user.timezone,
    });
  },
});

function linkTo(wanted: {
  readonly kind: string | undefined;
  readonly clientId: string | undefined;
  readonly page: number;
}): string {
  const parameters = new URLSearchParams({
    ...(wanted.clientId === undefined ? {} : { application: wanted.clientId }),
    ...(wanted.kind === undefined ? {} : { kind: wanted.kind }),
    ...(wanted.page === 1 ? {} : { page: String(wanted.page) }),
  });
  return parameters.size === 0 ? ACTIVITY : `${ACTIVITY}?${parameters}`;
}
