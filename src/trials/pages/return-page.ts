import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { type ApplicationHeader, presentHeader } from '../../applications/pages/presenters.ts';
import { setCookie } from '../../http/cookies.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { endTrial, runTrial } from '../run-trial.ts';
import { readTrial, trialCookie } from '../trial.ts';
import { applicationSteps, browserSteps, type TrialStep } from './trial-requests.ts';
import { type TrialPagesDeps, tried } from './try-page.ts';

/** Shows each request of a trial and its answer. */
interface ResultProps {
  readonly application: ApplicationHeader;
  /** Failed requests within 24 hours. */
  readonly failures: number;
  readonly outcome: 'finished' | 'denied' | 'refused';
  readonly steps: readonly TrialStep[];
  readonly confidential: boolean;
}

const resultView = view<ResultProps>('trials/result');

/** Takes the redirect of a trial, once, and runs the rest of the flow. */
export const trialReturnPage = userPageAbout(openApplication<TrialPagesDeps>, {
  path: `${APPLICATIONS}/:clientId/try/return`,
  show: async (request) => {
    const { deps, user, sessionUid, own, clientId, home, origin, ctx } = request;
    const { searchParams } = new URL(ctx.url, deps.config.issuer);
    const code = searchParams.get('code');
    const { cookieKeys } = deps;
    const { secure } = ctx;
    const trial = readTrial({ cookieKeys, secure }, ctx.headers.cookie, clientId);
    if (
      trial === undefined ||
      trial.userId !== user.id ||
      trial.sessionUid !== sessionUid ||
      searchParams.get('state') !== trial.state ||
      searchParams.get('iss') !== deps.config.issuer
    ) {
      if (code !== null) {
        await endTrial(deps, { clientId, userId: user.id }, code, origin);
      }
      return seeOther(`${home}/try?notice=over`);
    }
    setCookie(ctx, trialCookie(secure, clientId), '');
    const about = tried(deps.config, own);
    const steps = browserSteps(about, trial, searchParams);
    const show = (outcome: ResultProps['outcome'], more: TrialStep[] = []): PageAnswer =>
      render(resultView, {
        application: presentHeader(own.application),
        failures: own.recentFailures,
        outcome,
        steps: [...steps, ...more],
        confidential: about.confidential,
      });
    if (code === null) {
      return show(searchParams.get('error') === 'access_denied' ? 'denied' : 'refused');
    }
    const run = await runTrial(deps, trial, code, origin);
    return show(run === undefined ? 'refused' : 'finished', applicationSteps(about, trial, run));
  },
});
