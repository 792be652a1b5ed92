import { z } from 'zod';
import { text } from '../../http/form.ts';
import { localPath } from '../../http/local-path.ts';
import { pathWithoutLocale } from '../../http/locale.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { LOCALES } from '../../lib/locale.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { choosePreferences } from '../../users/choose-preferences.ts';
import { PROFILE } from './profile-page.ts';

/** Changes the user's language from the footer of any page, and returns to that page. */
export const languagePage = userPage({
  path: '/account/language',
  // For the link on the error page of a refused form, and after a sign-in.
  show: ({ query }) => backTo(query.return_to),
  post: {
    form: z.object({ language: text, return_to: text }),
    submit: async ({ tx, user, form, origin }) => {
      const locale = LOCALES.find((one) => one === form.language);
      if (locale === undefined) {
        throw new StagedoorError('validation_failed', 'There are no pages in this language.');
      }
      await choosePreferences(tx, user.id, { locale }, origin);
      return backTo(form.return_to);
    },
  },
});

function backTo(path: unknown): PageAnswer {
  return seeOther(pathWithoutLocale(localPath(path) ?? PROFILE));
}
