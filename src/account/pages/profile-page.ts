import type { Context } from 'koa';
import { postedForm, seeOther } from '../../applications/pages/account-page.ts';
import { originOf } from '../../http/origin.ts';
import { translator } from '../../http/translate.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import { choosePreferences } from '../../users/choose-preferences.ts';
import { findProvisionedUser } from '../../users/find-user.ts';
import { addressed, type Preferences, type ProvisionedUser } from '../../users/user.ts';
import type { AccountText } from '../texts.ts';
import { type AccountPagesDeps, PROFILE } from './account-page.ts';
import { type ProfileForm, presentChoices, readProfileForm } from './profile-presenters.ts';

/** Who the user is, and how they want to read. */
export async function showProfile(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const user = await open(deps, ctx);
  if (user !== undefined) {
    render(deps, ctx, user, user.chosen);
  }
}

/** Keeps what they have chosen. */
export async function answerProfile(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const user = await open(deps, ctx);
  if (user === undefined) {
    return;
  }
  const read = readProfileForm(form, user.chosen);
  const { locale, timezone } = read;
  if (locale === undefined || timezone === undefined) {
    return render(deps, ctx, user, read);
  }
  await deps.inTransaction((tx) =>
    choosePreferences(tx, user.id, { locale, timezone }, originOf(ctx)),
  );
  seeOther(ctx, `${PROFILE}?notice=saved`);
}

/** @throws StagedoorError `not_found` where the user was deleted at this moment */
async function open(deps: AccountPagesDeps, ctx: Context): Promise<ProvisionedUser | undefined> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return undefined;
  }
  const user = await findProvisionedUser(deps.db, identified.user.id);
  if (user === undefined) {
    throw new StagedoorError('not_found', 'The user was deleted meanwhile.');
  }
  return user;
}

/** @param chosen what is selected; undefined: the field is wrong, and shows what it was before */
function render(
  deps: AccountPagesDeps,
  ctx: Context,
  user: ProvisionedUser,
  chosen: ProfileForm,
): void {
  const t = translator<AccountText>(deps.renderer.locale(ctx));
  const { locale, timezone } = chosen;
  const shown: Preferences = {
    locale: locale === undefined ? user.chosen.locale : locale,
    timezone: timezone === undefined ? user.chosen.timezone : timezone,
  };
  const errors = {
    ...(locale === undefined ? { language: t('account.profile.error.language') } : {}),
    ...(timezone === undefined ? { timezone: t('account.profile.error.timezone') } : {}),
  };
  const props = {
    action: PROFILE,
    fullName: user.fullName,
    email: user.email,
    ...presentChoices(t, user, shown),
    timezone: addressed(user).timezone,
    now: new Date(),
    errors,
    saved: ctx.query.notice === 'saved',
  };
  const status = Object.keys(errors).length > 0 ? 400 : 200;
  deps.renderer.page(ctx, 'account/profile', props, { status });
}
