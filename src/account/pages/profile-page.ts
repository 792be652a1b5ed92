import { z } from 'zod';
import { text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { found } from '../../lib/errors.ts';
import {
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import { choosePreferences } from '../../users/choose-preferences.ts';
import { type Preferences, type ProvisionedUser, withPreferences } from '../../users/user.ts';
import { findProvisionedUser } from '../../users/user-store.ts';
import type { AccountText } from '../texts.ts';
import { type PreferencesForm, presentChoices, readPreferences } from './profile-presenters.ts';

/** Path of the page. */
export const PROFILE = '/account/profile';

type Request = UserRequest<UserPageDeps> & { readonly account: ProvisionedUser };

/** Shows who the user is, and saves language and time zone. */
export const profilePage = userPageAbout(openAccount, {
  path: PROFILE,
  show: (request) => showForm(request, request.account.chosen),
  post: {
    form: z.object({ language: text, timezone: text }),
    prepare: (request): PageAnswer | Preferences => {
      const read = readPreferences(request.form, request.account.chosen);
      const { locale, timezone } = read;
      return locale === undefined || timezone === undefined
        ? showForm(request, read)
        : { locale, timezone };
    },
    submit: async ({ tx, user, input, origin }) => {
      await choosePreferences(tx, user.id, input, origin);
      return seeOther(`${PROFILE}?notice=saved`);
    },
  },
});

/** @throws StagedoorError `not_found` if the user has been deleted during the request */
async function openAccount({ deps, user }: UserRequest<UserPageDeps>) {
  const account = found(
    await findProvisionedUser(deps.db, user.id),
    'The user was deleted meanwhile.',
  );
  return { account };
}

/** @param chosen what is selected; undefined: the field is wrong, and shows the saved value */
function showForm(
  { account, locale: pageLocale, query, path }: Request,
  { locale, timezone }: PreferencesForm,
): PageAnswer {
  const t = translator<AccountText>(pageLocale);
  const shown: Preferences = {
    locale: locale === undefined ? account.chosen.locale : locale,
    timezone: timezone === undefined ? account.chosen.timezone : timezone,
  };
  const errors = {
    ...(locale === undefined ? { language: t('account.profile.error.language') } : {}),
    ...(timezone === undefined ? { timezone: t('account.profile.error.timezone') } : {}),
  };
  const props = {
    action: path,
    fullName: account.fullName,
    email: account.email,
    ...presentChoices(t, account, shown),
    // Time zone in which times are shown.
    timezone: withPreferences(account).timezone,
    now: new Date(),
    errors,
    saved: query.notice === 'saved',
  };
  return render('account/profile', props, Object.keys(errors).length > 0 ? 400 : 200);
}
