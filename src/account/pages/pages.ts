import { languagePage } from './language-page.ts';
import { passwordPage } from './password-page.ts';
import { profilePage } from './profile-page.ts';
import { endOtherSessionsPage, endSessionPage, sessionsPage } from './session-pages.ts';

/** Pages where users see their profile, choose their language, change their password and end their sessions. */
export const accountPages = [
  profilePage,
  languagePage,
  passwordPage,
  sessionsPage,
  // Before the page of one session: `others` would be taken for its ID.
  endOtherSessionsPage,
  endSessionPage,
];
