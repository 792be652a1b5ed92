import type { Page } from '../../http/page.ts';
import { applicationPage, disablePage, enablePage, requestReviewPage } from './application-page.ts';
import { credentialsPage } from './credentials-page.ts';
import { deletePage } from './delete-page.ts';
import { editPage, editPreviewPage } from './edit-page.ts';
import { deleteKeyPage, newKeyPage } from './key-pages.ts';
import { listPage } from './list-page.ts';
import { logoPage, removeLogoPage } from './logo-page.ts';
import type { ApplicationPagesDeps } from './owner-page.ts';
import { registerPage, registerPreviewPage } from './register-page.ts';
import { deleteSecretPage, newSecretPage } from './secret-pages.ts';
import { startPage } from './start-page.ts';
import {
  acceptTransferPage,
  declineTransferPage,
  transferPage,
  withdrawTransferPage,
} from './transfer-pages.ts';

/** Pages where developers register and manage their own applications. */
export const applicationPages: readonly Page<ApplicationPagesDeps>[] = [
  listPage,
  // Before the page of an application: `new` could be a client ID.
  registerPage,
  registerPreviewPage,
  acceptTransferPage,
  declineTransferPage,
  applicationPage,
  startPage,
  credentialsPage,
  editPage,
  editPreviewPage,
  logoPage,
  removeLogoPage,
  enablePage,
  disablePage,
  newSecretPage,
  deleteSecretPage,
  newKeyPage,
  deleteKeyPage,
  deletePage,
  transferPage,
  withdrawTransferPage,
  requestReviewPage,
];
