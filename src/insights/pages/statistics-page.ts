import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { renderOwn } from '../../applications/pages/presenters.ts';
import type { Db } from '../../db/database.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { selectRequestCounts, selectUsersOn } from '../request-count-store.ts';
import {
  PERIODS,
  type Period,
  requestsByDay,
  type Statistics,
  statisticsStart,
  sumOf,
} from '../statistics.ts';
import { presentFigures, presentPlots } from './statistics-presenters.ts';

/** Shows how an application was used in the last 7, 30 or 90 days, and how that changed. */
export const statisticsPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/statistics`,
  show: async (request) => {
    const { deps, user, locale, own, clientId, path, query } = request;
    const { timezone } = user;
    const period = PERIODS.find((days) => String(days) === query.days) ?? 30;
    const statistics = await readStatistics(deps.db, clientId, { period, timezone });
    const plots = presentPlots(locale, statistics.days, statistics.sum);
    return renderOwn(request, 'insights/statistics', {
      period,
      periods: PERIODS.map((days) => ({
        days,
        href: `${path}?days=${days}`,
        current: days === period,
      })),
      figures: presentFigures(locale, statistics, own.connectedUsers),
      plots,
      // The application was never used.
      unused: plots.length === 0 && own.lastUsedAt === null && own.connectedUsers === 0,
      // IANA name; an unknown one is shown as UTC.
      timezone,
    });
  },
});

/** Reads the statistics of the last days, from counts that are up to a second old. */
async function readStatistics(
  db: Db,
  clientId: string,
  { period, timezone }: { readonly period: Period; readonly timezone: string },
): Promise<Statistics> {
  const now = new Date();
  const counts = await selectRequestCounts(db, clientId, statisticsStart(now, 2 * period));
  const days = requestsByDay(counts, { now, timezone, days: 2 * period });
  return {
    days: days.slice(period),
    sum: sumOf(days.slice(period)),
    before: sumOf(days.slice(0, period)),
    usersBefore: await selectUsersOn(db, clientId, statisticsStart(now, period - 1)),
  };
}
