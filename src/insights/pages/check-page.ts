import { z } from 'zod';
import {
  APPLICATIONS,
  type OpenedApplication,
  openApplication,
} from '../../applications/pages/owner-page.ts';
import { renderOwn } from '../../applications/pages/presenters.ts';
import { text } from '../../http/form.ts';
import type { PageAnswer } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { selectResources } from '../../resource-servers/resource-store.ts';
import {
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import { AUTHORIZE_PATH } from '../authorize-request.ts';
import { checkAuthorizeUrl, resourcesInUrl } from '../check-authorize-url.ts';
import type { Finding } from '../finding.ts';
import type { InsightText } from '../texts.ts';
import { explain } from './explain.ts';

/** In the order of the page: what has to be changed comes first. */
const VERDICTS: readonly Finding['verdict'][] = ['error', 'warning', 'info', 'ok'];
/** Components of a finding that are no parameters. */
const PARTS = ['url', 'endpoint', 'application'] as const;

type Request = UserRequest<UserPageDeps> & OpenedApplication;

/**
 * Checks an authorization URL. The form is posted although it changes nothing: the URL may contain a
 * live `state`, and that of a GET would be in the browser's history and in logs of proxies. It is
 * neither stored nor logged.
 */
export const checkPage = userPageAbout(openApplication, {
  path: `${APPLICATIONS}/:clientId/check`,
  show: (request) => showCheck(request, undefined),
  post: {
    form: z.object({ url: text }),
    answer: (request) => showCheck(request, request.form.url),
  },
});

async function showCheck(request: Request, url: string | undefined): Promise<PageAnswer> {
  const { deps, locale, own, clientId } = request;
  const { config } = deps;
  const example = `${config.issuer}${AUTHORIZE_PATH}?response_type=code&client_id=${clientId}&…`;
  const findings =
    url === undefined
      ? undefined
      : checkAuthorizeUrl(own.application, config, await findResources(deps, url), url);
  return renderOwn(request, 'insights/check', {
    // The pasted URL, to be corrected; it is not stored.
    url: url ?? '',
    // A URL of this server with the application's client ID.
    example,
    // Undefined before a URL was pasted.
    result: findings && presentFindings(translator<InsightText>(locale), findings),
  });
}

async function findResources(
  { db }: UserPageDeps,
  url: string,
): Promise<ReadonlyMap<string, string>> {
  const keys = resourcesInUrl(url);
  const found = keys.length === 0 ? [] : await selectResources(db, keys);
  return new Map(found.map(({ key, name }) => [key, name]));
}

function presentFindings(t: Translate<InsightText>, findings: readonly Finding[]) {
  const problems = findings.filter(({ verdict }) => verdict === 'error').length;
  const remarks = findings.some(({ verdict }) => verdict === 'warning');
  return {
    verdict: problems > 0 ? 'refused' : remarks ? 'remarks' : 'accepted',
    problems,
    findings: findings.toSorted(byVerdict).map((finding) => {
      const part = PARTS.find((one) => one === finding.component);
      return {
        ...explain(t, finding.code, finding.details),
        verdict: finding.verdict,
        // The name of a parameter, shown as code, or a word for another part.
        component: part === undefined ? finding.component : t(`insights.part.${part}`),
        isParameter: part === undefined,
      };
    }),
  };
}

/** Compares by `VERDICTS`; findings of the same verdict stay in the order of the checks. */
function byVerdict(a: Finding, b: Finding): number {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
}
