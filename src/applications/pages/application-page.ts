import { noFields } from '../../http/form.ts';
import { oneOf, type Page, seeOther } from '../../http/page.ts';
import { type Application, applicationState, isReviewed } from '../application.ts';
import { setApplicationActive } from '../change-state.ts';
import { requestReview } from '../review.ts';
import { reviewNeed } from '../review-need.ts';
import { type ReviewState, selectReviewState } from '../review-store.ts';
import { APPLICATIONS, type ApplicationPagesDeps, ownerPage } from './owner-page.ts';
import { presentScopes, renderOwn } from './presenters.ts';

const PATH = `${APPLICATIONS}/:clientId`;

/** Results of a change, shown above the page. */
export const NOTICES = ['saved', 'review_requested', 'enabled', 'disabled'] as const;

export const applicationPage = ownerPage({
  path: PATH,
  show: async (request) => {
    const { deps, user, clientId, home, locale, query } = request;
    const { application, connectedUsers, lastUsedAt } = request.own;
    const scopes = presentScopes(deps.config, locale);
    return renderOwn(request, 'applications/show', {
      // The owner's switch. A suspended application may be switched on.
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
      // Sentences.
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
    // The owner has requested a review that no operator has answered.
    reviewRequested,
    // Question of an operator.
    question: open && !reviewRequested ? question : null,
    // Action that requests a review; undefined if it is reviewed, requested or inactive.
    requestReview: mayRequest ? `${home}/request-review` : undefined,
  };
}

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
  path: `${PATH}/request-review`,
  show: ({ home }) => seeOther(home),
  post: {
    form: noFields,
    submit: async ({ tx, actor, deps, clientId, home, origin }) => {
      await requestReview(tx, actor, clientId, { config: deps.config, origin });
      return seeOther(`${home}?notice=review_requested`);
    },
  },
});
