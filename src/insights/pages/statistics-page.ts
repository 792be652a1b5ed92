import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { countTokens } from '../count-tokens.ts';
import { type DaysProps, presentDays } from './days-presenter.ts';
import { type InsightsHeadProps, presentHead } from './head-presenter.ts';

/** Statistics of an application: tokens and connected users. */
interface StatisticsProps extends InsightsHeadProps, DaysProps {
  readonly connectedUsers: number;
  readonly lastUsedAt: Date | null;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

const statisticsView = view<StatisticsProps>('insights/statistics');

/** Shows how many tokens an application was issued per day. */
export const statisticsPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/statistics`,
  show: async (request) => {
    const { deps, user, locale, own, clientId } = request;
    const days = await countTokens(deps.db, clientId, user.timezone);
    return render(statisticsView, {
      ...presentHead(request, 'statistics'),
      ...presentDays(locale, days),
      connectedUsers: own.connectedUsers,
      lastUsedAt: own.lastUsedAt,
      timezone: user.timezone,
    });
  },
});
