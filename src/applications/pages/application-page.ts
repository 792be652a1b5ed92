import { noFields } from '../../http/form.ts';
import { oneOf, type Page, render, seeOther } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { type Application, applicationState, isReviewed } from '../application.ts';
import { setApplicationActive } from '../change-state.ts';
import { requestReview } from '../review.ts';
import { type ReviewNeed, reviewNeed } from '../review-need.ts';
import { type ReviewState, selectReviewState } from '../review-store.ts';
import { APPLICATIONS, type ApplicationPagesDeps, ownerPage } from './owner-page.ts';
import { type ApplicationHeader, presentHeader, presentScopes } from './presenters.ts';

const PATH = `${APPLICATIONS}/:clientId`;

/** Results of a change, shown above the page. */
export const NOTICES = ['saved', 'review_requested', 'unchanged', 'enabled', 'disabled'] as const;

/** Settings and state of an application. */
interface ApplicationProps {
  readonly application: ApplicationHeader;
  /** Failed requests within 24 hours. */
  readonly failures: number;
  readonly clientId: string;
  readonly confidential: boolean;
  /** The owner's switch. A suspended application may be switched on. */
  readonly switchedOn: boolean;
  readonly suspensionReason: string | null;
  readonly reviewNeed: ReviewNeed | undefined;
  /** Action that requests a review; undefined if it is reviewed, requested or inactive. */
  readonly requestReview: string | undefined;
  /** The owner has requested a review that no operator has answered. */
  readonly reviewRequested: boolean;
  /** Question of an operator. */
  readonly question: string | null;
  readonly connectedUsers: number;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly description: string;
  readonly homepageUrl: string | null;
  readonly privacyPolicyUrl: string | null;
  readonly termsUrl: string | null;
  readonly redirectUris: readonly string[];
  /** Sentences. */
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

const applicationView = view<ApplicationProps>('applications/show');

/** Shows an application. */
export const applicationPage = ownerPage({
  path: PATH,
  show: async ({ deps, user, own, clientId, home, locale, query }) => {
    const { application, connectedUsers, lastUsedAt } = own;
    const scopes = presentScopes(deps.config, locale);
    return render(applicationView, {
      application: presentHeader(application),
      failures: own.recentFailures,
      clientId,
      confidential: application.clientType === 'confidential',
      switchedOn: application.isActive,
      suspensionReason: application.suspensionReason,
      reviewNeed: reviewNeed(deps.config, application),
      ...presentReview(application, await selectReviewState(deps.db, clientId), home),
      connectedUsers,
      lastUsedAt,
      createdAt: application.createdAt,
      description: application.description,
      homepageUrl: application.homepageUrl,
      privacyPolicyUrl: application.privacyPolicyUrl,
      termsUrl: application.termsUrl,
      redirectUris: application.redirectUris,
      scopes: scopes
        .filter(({ name }) => application.scopes.includes(name))
        .map(({ text }) => text),
      requirePkce: application.requirePkce,
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});

function presentReview(
  application: Application,
  { requestedAt, question, askedAt }: ReviewState,
  home: string,
) {
  const open = !isReviewed(application);
  const reviewRequested =
    open && requestedAt !== null && (askedAt === null || requestedAt > askedAt);
  const mayRequest = open && !reviewRequested && applicationState(application) === 'active';
  return {
    reviewRequested,
    question: open && !reviewRequested ? question : null,
    requestReview: mayRequest ? `${home}/request-review` : undefined,
  };
}

/** Switches an application on. */
export const enablePage = switchPage('enable', true);

/** Switches an application off. */
export const disablePage = switchPage('disable', false);

function switchPage(verb: 'enable' | 'disable', active: boolean): Page<ApplicationPagesDeps> {
  return ownerPage({
    path: `${PATH}/${verb}`,
    show: ({ home }) => seeOther(home),
    post: {
      form: noFields,
      submit: async ({ tx, actor, clientId, home, origin }) => {
        await setApplicationActive(tx, actor, clientId, active, origin);
        return seeOther(`${home}?notice=${verb}d`);
      },
    },
  });
}

/** Asks the operators to review the application. */
export const requestReviewPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/request-review`,
  show: ({ home }) => seeOther(home),
  post: {
    form: noFields,
    submit: async ({ tx, actor, deps, clientId, home, origin }) => {
      await requestReview(tx, actor, clientId, { config: deps.config, origin });
      return seeOther(`${home}?notice=review_requested`);
    },
  },
});
