import {
  applicationPage,
  approvePage,
  askPage,
  deletePage,
  resumePage,
  suspendPage,
} from './application-page.ts';
import { applicationsPage } from './applications-page.ts';
import { grantsPage, revokeGrantPage } from './grants-page.ts';
import { healthPage } from './health-page.ts';
import { logPage } from './log-page.ts';
import { mailsPage, retryAllPage, retryPage } from './mails-page.ts';
import { queuePage } from './queue-page.ts';
import { deleteServerPage, serversPage } from './servers-page.ts';
import { revokeTokenPage, tokensPage } from './tokens-page.ts';
import { activatePage, deactivatePage, signOutPage, userPage } from './user-page.ts';
import { usersPage } from './users-page.ts';

/** Pages of the operator console. */
export const consolePages = [
  queuePage,
  applicationsPage,
  applicationPage,
  approvePage,
  askPage,
  suspendPage,
  resumePage,
  deletePage,
  usersPage,
  userPage,
  activatePage,
  deactivatePage,
  signOutPage,
  grantsPage,
  revokeGrantPage,
  logPage,
  mailsPage,
  // Before the retry of one mail.
  retryAllPage,
  retryPage,
  serversPage,
  deleteServerPage,
  tokensPage,
  revokeTokenPage,
  healthPage,
];
