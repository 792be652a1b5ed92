import { z } from 'zod';
import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { text } from '../../http/form.ts';
import { render, seeOther } from '../../http/page.ts';
import { pageLinks, pageRequest, sliceOfPage } from '../../http/page-links.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { type ClientError, ENDPOINTS } from '../client-error.ts';
import { FAILING } from '../failing.ts';
import { wantsFailureMails } from '../failing-store.ts';
import { setFailureMails } from '../set-failure-mails.ts';
import { listErrors } from '../store.ts';
import type { InsightText } from '../texts.ts';
import { type ExplainedProps, explain } from './explain.ts';
import { type InsightsHeadProps, presentHead } from './head-presenter.ts';

/** A failed request. */
interface FailedRequestProps extends ExplainedProps {
  readonly happenedAt: Date;
  readonly endpoint: string;
  /** Error code of RFC 6749. */
  readonly error: string;
  readonly requestId: string | undefined;
}

/** An application's failed requests. */
interface ErrorsProps extends InsightsHeadProps {
  readonly errors: readonly FailedRequestProps[];
  readonly filters: readonly {
    readonly href: string;
    readonly label: string;
    readonly current: boolean;
  }[];
  readonly action: string;
  /** The request that is searched for; empty: all are shown. */
  readonly requestId: string;
  readonly count: number;
  readonly newer: string | undefined;
  readonly older: string | undefined;
  readonly timezone: string;
  /** The owner gets mails when the application has stopped working. */
  readonly mails: boolean;
  /** That was changed just now. */
  readonly mailsChanged: boolean;
  readonly failing: typeof FAILING;
}

const errorsView = view<ErrorsProps>('insights/errors');

const PAGE_SIZE = 50;
/** Longest ID of a request, in characters. */
const ID_LENGTH = 64;

/** Lists an application's failed requests, the newest first. */
export const errorsPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/errors`,
  show: async (request) => {
    const { deps, user, locale, clientId, path, query } = request;
    const endpoint = ENDPOINTS.find((one) => one === query.endpoint);
    const requestId = readRequestId(query.request_id);
    const page = pageRequest(path, { endpoint, request_id: requestId }, query);
    const { entries, count, ...beside } = await listErrors(
      deps.db,
      clientId,
      { endpoint, requestId: requestId || undefined },
      sliceOfPage(page, PAGE_SIZE),
    );
    const { next, previous } = pageLinks(page, beside);
    const t = translator<InsightText>(locale);
    return render(errorsView, {
      ...presentHead(request, 'errors'),
      errors: entries.map((entry) => presentError(t, entry)),
      filters: [undefined, ...ENDPOINTS].map((one) => ({
        href: one === undefined ? path : `${path}?endpoint=${one}`,
        label: t(`insights.endpoint.${one ?? 'all'}`),
        current: one === endpoint,
      })),
      action: path,
      requestId,
      count,
      newer: previous,
      older: next,
      timezone: user.timezone,
      mails: await wantsFailureMails(deps.db, clientId),
      mailsChanged: query.notice === 'mails',
      failing: FAILING,
    });
  },
});

/** Returns an ID without the characters that none has; empty if there is none. */
function readRequestId(value: unknown): string {
  return typeof value === 'string' ? value.replace(/[^\w.-]/g, '').slice(0, ID_LENGTH) : '';
}

function presentError(t: Translate<InsightText>, error: ClientError): FailedRequestProps {
  return {
    ...explain(t, error.reason, error.details),
    happenedAt: error.happenedAt,
    endpoint: t(`insights.endpoint.${error.endpoint}`),
    error: error.error,
    requestId: error.requestId,
  };
}

/** Turns the mails about failures of the application on or off. */
export const failureMailsPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/errors/mails`,
  show: ({ home }) => seeOther(`${home}/errors#mails`),
  post: {
    form: z.object({ wanted: text }),
    submit: async ({ tx, actor, clientId, home, origin, form }) => {
      const wanted = form.wanted === 'yes';
      await setFailureMails(tx, actor, clientId, { wanted, origin });
      return seeOther(`${home}/errors?notice=mails#mails`);
    },
  },
});
