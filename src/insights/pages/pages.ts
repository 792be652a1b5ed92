import { checkPage } from './check-page.ts';
import { errorsPage, failureMailsPage } from './errors-page.ts';
import { statisticsPage } from './statistics-page.ts';

/** Pages where developers see how their application is used, and what failed. */
export const insightsPages = [statisticsPage, errorsPage, failureMailsPage, checkPage];
