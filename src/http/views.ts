import type { InsightsViews } from '../insights/views.ts';

/** Props by the name of the view. */
export interface ViewProps extends InsightsViews {}

/** The name of a page. */
export type ViewName = keyof ViewProps;
