import type en from '../../views/insights/en.json';

/** Keys of the texts in `views/insights/`. */
export type InsightText = keyof typeof en;
