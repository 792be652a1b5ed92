import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { renderOwn } from '../../applications/pages/presenters.ts';
import { setCookie } from '../../http/cookies.ts';
import { seeOther } from '../../http/page.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { endTrial, runTrial } from '../run-trial.ts';
import { readTrial, trialCookie } from '../trial.ts';
import { applicationSteps, browserSteps, type TrialStep } from './trial-requests.ts';
import { type TrialPagesDeps, tried } from './try-page.ts';

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
    const show = (outcome: 'finished' | 'denied' | 'refused', more: TrialStep[] = []) =>
      renderOwn(request, 'trials/result', { outcome, steps: [...steps, ...more] });
    if (code === null) {
      return show(searchParams.get('error') === 'access_denied' ? 'denied' : 'refused');
    }
    const run = await runTrial(deps, trial, code, origin);
    return show(run === undefined ? 'refused' : 'finished', applicationSteps(about, trial, run));
  },
});
