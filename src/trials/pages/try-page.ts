import { applicationState } from '../../applications/application.ts';
import {
  APPLICATIONS,
  type ApplicationPagesDeps,
  type OpenedApplication,
  openApplication,
} from '../../applications/pages/owner-page.ts';
import { renderOwn } from '../../applications/pages/presenters.ts';
import type { Config } from '../../config/config.ts';
import { setCookie } from '../../http/cookies.ts';
import { noFields } from '../../http/form.ts';
import { oneOf, PageAnswer, seeOther } from '../../http/page.ts';
import { type UserRequest, userPageAbout } from '../../sessions/pages/user-page.ts';
import type { TrialDeps } from '../run-trial.ts';
import { newTrial, sealTrial, TRIAL_SECONDS, trialCookie } from '../trial.ts';
import { authorizeUrl } from './trial-requests.ts';

export interface TrialPagesDeps
  extends ApplicationPagesDeps,
    Pick<TrialDeps, 'database' | 'settings'> {}

type TrialRequest = UserRequest<TrialPagesDeps> & OpenedApplication;

/** Reasons to begin again. */
const NOTICES = ['over'] as const;

/** Begins the flow of the owner's application with a redirect to this server. */
export const tryPage = userPageAbout<TrialPagesDeps, OpenedApplication, unknown, unknown>(
  openApplication,
  {
    path: `${APPLICATIONS}/:clientId/try`,
    show: (request) =>
      renderOwn(request, 'trials/try', {
        scopes: scopesOf(request.deps.config, request.own),
        minutes: TRIAL_SECONDS / 60,
        notice: oneOf(NOTICES, request.query.notice),
      }),
    post: {
      form: noFields,
      answer: (request) => begin(request),
    },
  },
);

function begin({ deps, user, sessionUid, own, clientId, path }: TrialRequest): PageAnswer {
  const { config, cookieKeys } = deps;
  const [key] = cookieKeys;
  if (key === undefined || applicationState(own.application) !== 'active') {
    return seeOther(path);
  }
  const trial = newTrial({ userId: user.id, sessionUid, clientId });
  return new PageAnswer((renderer, ctx) => {
    setCookie(ctx, trialCookie(ctx.secure, clientId), sealTrial(key, trial), {
      seconds: TRIAL_SECONDS,
    });
    const url = authorizeUrl(tried(config, own), trial);
    seeOther(url.href).send(renderer, ctx);
  });
}

/** Presents the application for the requests of a trial. */
export function tried(config: Config, own: OpenedApplication['own']) {
  const { clientId, clientType } = own.application;
  return {
    issuer: config.issuer,
    clientId,
    confidential: clientType === 'confidential',
    scopes: scopesOf(config, own),
  };
}

/** Returns the scopes of the application that the server has. */
function scopesOf({ scopes }: Pick<Config, 'scopes'>, { application }: OpenedApplication['own']) {
  return scopes.map(({ name }) => name).filter((name) => application.scopes.includes(name));
}
