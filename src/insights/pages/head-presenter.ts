import type { OpenedApplication } from '../../applications/pages/owner-page.ts';
import { type ApplicationHeader, presentHeader } from '../../applications/pages/presenters.ts';

/** Application and tab of the pages about its use. */
export interface InsightsHeadProps {
  readonly application: ApplicationHeader;
  readonly here: 'statistics' | 'errors' | 'check';
  /** Failed requests within 24 hours. */
  readonly failures: number;
}

/** Presents the head of a page. */
export function presentHead(
  { own }: OpenedApplication,
  here: InsightsHeadProps['here'],
): InsightsHeadProps {
  return { application: presentHeader(own.application), here, failures: own.recentFailures };
}
