import type { Page } from '../../http/page.ts';
import { acceptTransferPage, declineTransferPage } from './answer-transfer-page.ts';
import { applicationPage, disablePage, enablePage } from './application-page.ts';
import { credentialsPage } from './credentials-page.ts';
import { deleteKeyPage } from './delete-key-page.ts';
import { deletePage } from './delete-page.ts';
import { deleteSecretPage } from './delete-secret-page.ts';
import { editPage, editPreviewPage } from './edit-page.ts';
import { listPage } from './list-page.ts';
import { logoPage, removeLogoPage } from './logo-page.ts';
import { newKeyPage } from './new-key-page.ts';
import { newSecretPage } from './new-secret-page.ts';
import type { ApplicationPagesDeps } from './owner-page.ts';
import { registerPage, registerPreviewPage } from './register-page.ts';
import { requestReviewPage } from './request-review-page.ts';
import { startPage } from './start-page.ts';
import { transferPage, withdrawTransferPage } from './transfer-page.ts';

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
