import { z } from 'zod';
import { APPLICATIONS, openApplication } from '../../applications/pages/owner-page.ts';
import { renderOwn } from '../../applications/pages/presenters.ts';
import { text } from '../../http/form.ts';
import { seeOther } from '../../http/page.ts';
import { pageLinks, pageRequest, sliceOfPage } from '../../http/page-links.ts';
import { translator } from '../../http/translate.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { ENDPOINTS } from '../client-error.ts';
import { FAILING, wantsFailureMails } from '../failing-store.ts';
import { setFailureMails } from '../failure-mails.ts';
import { listErrors } from '../store.ts';
import type { InsightText } from '../texts.ts';
import { explain } from './explain.ts';

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
    return renderOwn(request, 'insights/errors', {
      errors: entries.map(({ reason, details, ...entry }) => ({
        ...explain(t, reason, details),
        happenedAt: entry.happenedAt,
        endpoint: t(`insights.endpoint.${entry.endpoint}`),
        // Error code of RFC 6749.
        error: entry.error,
        requestId: entry.requestId,
      })),
      filters: [undefined, ...ENDPOINTS].map((one) => ({
        href: one === undefined ? path : `${path}?endpoint=${one}`,
        label: t(`insights.endpoint.${one ?? 'all'}`),
        current: one === endpoint,
      })),
      // The request that is searched for; empty: all are shown.
      requestId,
      count,
      newer: previous,
      older: next,
      timezone: user.timezone,
      // The owner gets mails when the application has stopped working.
      mails: await wantsFailureMails(deps.db, clientId),
      // That was changed just now.
      mailsChanged: query.notice === 'mails',
      failing: FAILING,
    });
  },
});

/** Returns an ID without the characters that none has; empty if there is none. */
function readRequestId(value: unknown): string {
  return typeof value === 'string' ? value.replace(/[^\w.-]/g, '').slice(0, ID_LENGTH) : '';
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
