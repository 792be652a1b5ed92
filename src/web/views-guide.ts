/** What each view of the guide pages is given. Keys are file names in `views/`. */
export type GuideViews = Record<never, never>;
