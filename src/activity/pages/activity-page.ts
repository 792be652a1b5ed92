import { type Page, type PageAnswer, render } from '../../http/page.ts';
import { formatDate } from '../../lib/format-date.ts';
import { type UserPageDeps, userPage } from '../../sessions/pages/user-page.ts';
import {
  findOwnedApplications,
  listActivityApplications,
  listActivityOrganizers,
} from '../activity-store.ts';
import { type ActivityLine, foldActivity } from '../fold-activity.ts';
import {
  ACTIVITY,
  linkToLog,
  presentFilter,
  readLogQuery,
  storeFilter,
} from './activity-filter.ts';
import { placeBefore, readCursor, writeCursor } from './cursor.ts';
import { presentDays } from './line-presenters.ts';
import { wordsFor } from './presenters.ts';

/** Path of the download of the log. */
export const DOWNLOAD = `${ACTIVITY}.json`;
/** Path of the download of the log as a table. */
export const CSV_DOWNLOAD = `${ACTIVITY}.csv`;

/** Shows the user's log, the newest entries first. */
export const activityPage: Page<UserPageDeps> = userPage({
  path: ACTIVITY,
  show: async ({ deps: { db, config }, user, locale, query }): Promise<PageAnswer> => {
    const words = wordsFor(config, locale, user.id);
    const { timezone } = user;
    const choices = {
      applications: await listActivityApplications(db, user.id),
      organizers: await listActivityOrganizers(db, user.id),
    };
    const asked = readLogQuery(query, choices);
    const trail = readCursor(query.cursor);
    const { lines, next } = await foldActivity(db, {
      filter: storeFilter(asked, user),
      after: trail.at(-1),
      timezone,
      single: asked.single,
    });
    const linkTo = (cursor: string | undefined) => linkToLog(asked, { cursor });
    const day = (date: string) =>
      formatDate(new Date(date), 'UTC', locale, { dateStyle: 'medium' });
    const filter = presentFilter(words, choices, asked, day);
    return render('activity/activity', {
      days: presentDays(
        words,
        {
          timezone,
          owned: await findOwnedApplications(db, user.id, clientIdsOf(lines)),
          linkToAll: ({ entries: [{ place }] }) =>
            linkToLog({ ...asked, single: true }, { cursor: writeCursor([placeBefore(place)]) }),
          linkToApplication: (clientId) => {
            const application = choices.applications.find((one) => one.clientId === clientId);
            return application === undefined || asked.application !== undefined
              ? undefined
              : linkToLog({ ...asked, application });
          },
        },
        lines,
      ),
      filter,
      // Reason why there are no entries, if there are none.
      empty: next
        ? 'searched'
        : trail.length > 0
          ? 'page'
          : filter.applied.length > 0
            ? 'filtered'
            : 'log',
      newest: ACTIVITY,
      newer: trail.length > 0 ? linkTo(writeCursor(trail.slice(0, -1))) : undefined,
      older: next && linkTo(writeCursor([...trail, next])),
      download: linkToLog({ ...asked, single: false }, { path: DOWNLOAD }),
      csvDownload: linkToLog({ ...asked, single: false }, { path: CSV_DOWNLOAD }),
      // Days that entries are kept; 0: for ever.
      keptDays: config.logRetentionDays,
      // IANA name; an unknown one is shown as UTC.
      timezone,
    });
  },
});

function clientIdsOf(lines: readonly ActivityLine[]): string[] {
  return [...new Set(lines.flatMap(({ entries: [{ clientId }] }) => clientId ?? []))];
}
