import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { readStatistics } from '../read-statistics.ts';
import { PERIODS, type Period } from '../statistics.ts';
import { type FigureProps, presentFigures } from './figures-presenter.ts';
import { type InsightsHeadProps, presentHead } from './head-presenter.ts';
import { type PlotProps, presentPlots } from './plots-presenter.ts';

/** Statistics of an application over some days. */
interface StatisticsProps extends InsightsHeadProps {
  readonly period: Period;
  readonly periods: readonly {
    readonly days: Period;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly figures: readonly FigureProps[];
  readonly plots: readonly PlotProps[];
  /** The application was never used. */
  readonly unused: boolean;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

const statisticsView = view<StatisticsProps>('insights/statistics');

/** Shows how an application was used in the last 7, 30 or 90 days, and how that changed. */
export const statisticsPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/statistics`,
  show: async (request) => {
    const { deps, user, locale, own, clientId, path, query } = request;
    const { timezone } = user;
    const period = PERIODS.find((days) => String(days) === query.days) ?? 30;
    const statistics = await readStatistics(deps.db, clientId, { period, timezone });
    const plots = presentPlots(locale, statistics.days, statistics.sum);
    return render(statisticsView, {
      ...presentHead(request, 'statistics'),
      period,
      periods: PERIODS.map((days) => ({
        days,
        href: `${path}?days=${days}`,
        current: days === period,
      })),
      figures: presentFigures(locale, statistics, own.connectedUsers),
      plots,
      unused: plots.length === 0 && own.lastUsedAt === null && own.connectedUsers === 0,
      timezone,
    });
  },
});
