/** What each view of the insights pages is given. Keys are file names in `views/`. */
export type InsightsViews = Record<never, never>;
