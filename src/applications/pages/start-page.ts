import { oneOf } from '../../http/page.ts';
import { curlExample, javascriptExample } from './examples.ts';
import { APPLICATIONS, ownerPage } from './owner-page.ts';
import { renderOwn } from './presenters.ts';
import { takeSecret } from './secret-cookie.ts';

const OCCASIONS = ['registered', 'secret_added', 'look'] as const;

/** Shows how to get a first token. */
export const startPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/start`,
  show: (request) => {
    const { deps, user, clientId, query, ctx } = request;
    const { application } = request.own;
    const { issuer } = deps.config;
    return renderOwn(request, 'applications/start', {
      // Shown once.
      newSecret: takeSecret(deps, ctx, { userId: user.id, clientId }),
      // Event that the page follows.
      occasion: oneOf(OCCASIONS, query.occasion) ?? 'look',
      curl: curlExample(issuer, application),
      javascript: javascriptExample(issuer, application),
    });
  },
});
