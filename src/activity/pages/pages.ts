import { activityPage } from './activity-page.ts';
import { csvDownloadPage, downloadPage } from './download-page.ts';

/** Pages where users read and download their own log. */
export const activityPages = [activityPage, downloadPage, csvDownloadPage];
