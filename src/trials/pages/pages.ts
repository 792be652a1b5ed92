import { trialReturnPage } from './return-page.ts';
import { tryPage } from './try-page.ts';

/** Pages where developers run the flow of their own application. */
export const trialPages = [tryPage, trialReturnPage];
