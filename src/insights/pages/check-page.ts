import { z } from 'zod';
import {
  APPLICATIONS,
  type OpenedApplication,
  openApplication,
} from '../../applications/pages/owner-page.ts';
import { text } from '../../http/form.ts';
import { type PageAnswer, render } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
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
import { type ExplainedProps, explain } from './explain.ts';
import { type InsightsHeadProps, presentHead } from './head-presenter.ts';

/** Form that checks an authorization URL. Posts `url`. */
interface CheckProps extends InsightsHeadProps {
  readonly action: string;
  /** The pasted URL, to be corrected; it is not stored. */
  readonly url: string;
  /** A URL of this server with the application's client ID. */
  readonly example: string;
  /** Undefined before a URL was pasted. */
  readonly result: ResultProps | undefined;
}

interface ResultProps {
  readonly verdict: 'accepted' | 'remarks' | 'refused';
  readonly problems: number;
  readonly findings: readonly (ExplainedProps & {
    readonly verdict: Finding['verdict'];
    /** The name of a parameter, shown as code, or a word for another part. */
    readonly component: string;
    readonly isParameter: boolean;
  })[];
}

const checkView = view<CheckProps>('insights/check');

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
  const { deps, locale, own, clientId, path } = request;
  const { config } = deps;
  const example = `${config.issuer}${AUTHORIZE_PATH}?response_type=code&client_id=${clientId}&…`;
  const findings =
    url === undefined
      ? undefined
      : checkAuthorizeUrl(own.application, config, await findResources(deps, url), url);
  return render(checkView, {
    ...presentHead(request, 'check'),
    action: path,
    url: url ?? '',
    example,
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

function presentFindings(t: Translate<InsightText>, findings: readonly Finding[]): ResultProps {
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
