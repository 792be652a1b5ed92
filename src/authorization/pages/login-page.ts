import type { Context } from 'koa';
import { z } from 'zod';
import { parseForm, text } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { showLoginForm } from '../../sign-in/pages/login-form.ts';
import { signInHere } from '../../sign-in/pages/sign-in-here.ts';
import type { SignInResult } from '../../sign-in/sign-in.ts';
import type { PendingInteraction } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';

const form = z.object({ email: text, password: text });

/** Shows the sign-in form of a request. */
export function showLogin(
  ctx: Context,
  interaction: PendingInteraction,
  again: { readonly email?: string; readonly failed?: SignInResult } = {},
): PageAnswer {
  const { application, user, loginHint, signInIsOld } = interaction;
  const props = {
    // With the query: the page stays in its language.
    action: ctx.path + ctx.search,
    email: again.email ?? loginHint ?? (signInIsOld ? user?.email : undefined) ?? '',
    reason: reasonOf(interaction),
    application: application && { name: application.name },
  } as const;
  return showLoginForm(ctx, props, again.failed);
}

function reasonOf({ user, signInAnew, signInIsOld }: PendingInteraction) {
  if (user === undefined) {
    return 'first';
  }
  if (!signInIsOld) {
    return 'switch';
  }
  // A `max_age` of 0 counts as `prompt=login`, too.
  return signInAnew ? 'again' : 'recent';
}

/** Signs in, and goes on with the request. */
export async function answerLogin(
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
  fields: URLSearchParams,
): Promise<PageAnswer> {
  const { email, password } = parseForm(form, fields);
  const result = await signInHere(deps, ctx, { email, password });
  if (result.outcome !== 'signed_in') {
    return showLogin(ctx, interaction, { email, failed: result });
  }
  if (interaction.user !== undefined && interaction.user.id !== result.user.id) {
    // The request belongs to the other user's session: it starts over in one of this user's.
    return seeOther(interaction.restartUrl);
  }
  return seeOther(await interaction.finish({ kind: 'signed_in' }));
}
