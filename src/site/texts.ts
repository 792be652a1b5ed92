import type en from '../../views/site/en.json';

/** Keys of the texts in `views/site/`. */
export type SiteText = keyof typeof en;
