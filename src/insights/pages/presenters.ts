import type { Translate } from '../../http/translate.ts';
import { type ClientError, type Details, differencesOf, textOf } from '../client-error.ts';
import type { Finding } from '../finding.ts';
import type { TokenDay } from '../statistics.ts';
import type { InsightText } from '../texts.ts';
import type {
  ClientErrorsProps,
  ExplainedProps,
  StatisticsProps,
  UrlCheckProps,
} from '../views.ts';
import { layOutPlot } from './plot.ts';

const VERDICTS: readonly Finding['verdict'][] = ['error', 'warning', 'info', 'ok'];
/** Components of a finding that are no parameters. */
const PARTS = ['url', 'endpoint', 'application'] as const;

/** The days of the statistics, with their plot and their sums. */
export function presentDays(
  locale: string,
  days: readonly TokenDay[],
): Pick<StatisticsProps, 'days' | 'plot' | 'issued' | 'refreshed'> {
  const format = new Intl.DateTimeFormat(locale === 'de' ? 'de-DE' : 'en-GB', {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
  const sum = (series: 'issued' | 'refreshed') => days.reduce((all, day) => all + day[series], 0);
  const [issued, refreshed] = [sum('issued'), sum('refreshed')];
  const plot = layOutPlot(days);
  return {
    days: days.map((day) => ({ ...day, label: format.format(new Date(day.day)) })),
    plot:
      issued + refreshed === 0
        ? undefined
        : { ...plot, top: new Intl.NumberFormat(locale).format(plot.top) },
    issued,
    refreshed,
  };
}

/** A failed request, in words. */
export function presentError(
  t: Translate<InsightText>,
  error: ClientError,
): ClientErrorsProps['errors'][number] {
  return {
    ...explain(t, error.reason, error.details),
    happenedAt: error.happenedAt,
    endpoint: t(`insights.endpoint.${error.endpoint}`),
    error: error.error,
  };
}

/** What the checker found. */
export function presentFindings(
  t: Translate<InsightText>,
  findings: readonly Finding[],
): NonNullable<UrlCheckProps['result']> {
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

/** What has to be changed comes first; within that, in the order of the checks. */
function byVerdict(a: Finding, b: Finding): number {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
}

function params(details: Details): Record<string, string> {
  return Object.fromEntries(
    Object.keys(details).map((name) => [name, textOf(details, name) || '–']),
  );
}

function explain(
  t: Translate<InsightText>,
  code: Finding['code'],
  details: Details,
): ExplainedProps {
  // Only redirect URIs are shown apart: all else stands in the sentence.
  const ofUri = details.nearest !== undefined || details.differences !== undefined;
  return {
    message: `insights.reason.${code}`,
    params: params(details),
    sent: ofUri ? textOf(details, 'sent') : undefined,
    nearest: details.nearest === undefined ? undefined : textOf(details, 'nearest'),
    differences: differencesOf(details).map((one) => t(`insights.difference.${one}`)),
  };
}
