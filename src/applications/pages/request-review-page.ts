import { noFields } from '../../http/form.ts';
import { seeOther } from '../../http/page.ts';
import { requestReview } from '../request-review.ts';
import { APPLICATIONS, ownerPage } from './owner-page.ts';

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
