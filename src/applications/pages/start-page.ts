import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { curlExample, javascriptExample } from './examples.ts';
import { APPLICATIONS, ownerPage } from './owner-page.ts';
import { type ApplicationHeader, presentHeader } from './presenters.ts';
import { takeSecret } from './secret-cookie.ts';

const OCCASIONS = ['registered', 'secret_added', 'look'] as const;

/** First steps: client ID, the new secret if there is one, and examples. */
interface StartProps {
  readonly application: ApplicationHeader;
  /** Failed requests within 24 hours. */
  readonly failures: number;
  readonly clientId: string;
  readonly confidential: boolean;
  /** Shown once. */
  readonly newSecret: string | undefined;
  /** Event that the page follows. */
  readonly occasion: (typeof OCCASIONS)[number];
  readonly curl: string;
  readonly javascript: string;
}

const startView = view<StartProps>('applications/start');

/** Shows how to get a first token. */
export const startPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/start`,
  show: ({ deps, user, own, clientId, query, ctx }) => {
    const { application } = own;
    const { issuer } = deps.config;
    return render(startView, {
      application: presentHeader(application),
      failures: own.recentFailures,
      clientId,
      confidential: application.clientType === 'confidential',
      newSecret: takeSecret(deps, ctx, { userId: user.id, clientId }),
      occasion: oneOf(OCCASIONS, query.occasion) ?? 'look',
      curl: curlExample(issuer, application),
      javascript: javascriptExample(issuer, application),
    });
  },
});
