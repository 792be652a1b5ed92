import type { OpenedApplication } from '../../applications/pages/owner-page.ts';

/** Application and tab of the pages about its use. */
export interface InsightsHeadProps {
  readonly application: { readonly name: string };
  /** Path of the application's own page; these pages are below it. */
  readonly path: string;
  readonly here: 'statistics' | 'errors' | 'check';
}

/** Presents the head of a page. */
export function presentHead(
  { own, home }: OpenedApplication,
  here: InsightsHeadProps['here'],
): InsightsHeadProps {
  return { application: { name: own.application.name }, path: home, here };
}
