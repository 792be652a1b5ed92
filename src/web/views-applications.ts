/** What each view of the applications pages is given. Keys are file names in `views/`. */
export type ApplicationsViews = Record<never, never>;
