import { changePage } from './change-page.ts';
import { listPage } from './list-page.ts';
import { revokeApplicationPage } from './revoke-application-page.ts';
import { revokePage } from './revoke-page.ts';
import { revokeSelectedPage } from './revoke-selected-page.ts';
import { revokeUnusedPage } from './revoke-unused-page.ts';

/** Pages where users see, narrow and revoke what they have authorized. */
export const grantPages = [
  listPage,
  revokeUnusedPage,
  revokeSelectedPage,
  revokeApplicationPage,
  changePage,
  revokePage,
];
