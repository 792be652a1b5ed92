import Router from '@koa/router';
import type { Context } from 'koa';
import { findApplication } from '../../applications/find-application.ts';
import { readForm } from '../../http/form.ts';
import { identify } from '../../sessions/pages/identify.ts';
import { signInHere } from '../../sign-in/pages/sign-in-here.ts';
import { loginErrors, loginStatus } from '../../sign-in/pages/sign-in-routes.ts';
import type { SignInResult } from '../../sign-in/sign-in.ts';
import {
  isForeign,
  isPending,
  type OverInteraction,
  type PendingInteraction,
} from '../interaction.ts';
import { answerConsent, showConsent } from './consent-page.ts';
import type { InteractionRoutesDeps } from './interaction-page.ts';
import { statusOfOver } from './presenters.ts';
import { beginUpstream, completeUpstream, SIGNED_IN } from './upstream-page.ts';

/**
 * Sign-in and consent: the pages that an authorization request waits at. A request has one page
 * at a time, under its own id and cookie, so that two tabs don't get into each other's way.
 */
export function interactionRoutes(deps: InteractionRoutesDeps): Router {
  return new Router()
    .get('/interaction/:uid', async (ctx) => {
      const interaction = await deps.interactions.find(ctx);
      if (!isPending(interaction)) {
        return showOver(deps, ctx, interaction);
      }
      if (interaction.decidedUrl !== undefined) {
        return ctx.redirect(interaction.decidedUrl);
      }
      if (interaction.prompt === 'consent') {
        return showConsent(deps, ctx, interaction);
      }
      return deps.upstream === undefined
        ? showLogin(deps, ctx, interaction, {})
        : beginUpstream(deps.upstream, deps, ctx, interaction);
    })
    .get(`/interaction/:uid/${SIGNED_IN}`, async (ctx) => {
      const interaction = await deps.interactions.find(ctx);
      const pending = isPending(interaction) ? interaction : undefined;
      if (!isPending(interaction) && !isForeign(interaction.reason)) {
        return showOver(deps, ctx, interaction);
      }
      return deps.upstream === undefined || pending?.decidedUrl !== undefined
        ? ctx.redirect(`/interaction/${ctx.params.uid}`)
        : completeUpstream(deps.upstream, deps, ctx, pending);
    })
    .post('/interaction/:uid', async (ctx) => {
      const form = await readForm(ctx);
      const interaction = await deps.interactions.find(ctx);
      if (!isPending(interaction)) {
        return showOver(deps, ctx, interaction);
      }
      deps.csrf.verify(ctx, form);
      if (interaction.prompt === 'consent') {
        return answerConsent(deps, ctx, interaction, form);
      }
      return deps.upstream === undefined
        ? answerLogin(deps, ctx, interaction, form)
        : beginUpstream(deps.upstream, deps, ctx, interaction);
    });
}

async function showLogin(
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
  again: { email?: string; result?: SignInResult },
): Promise<void> {
  const application = await findApplication(deps.db, interaction.clientId);
  deps.renderer.page(
    ctx,
    'sign-in/login',
    {
      action: ctx.path,
      email: again.email ?? interaction.loginHint ?? '',
      reason: interaction.userId === undefined ? 'first' : 'switch',
      application: application && { name: application.name },
      ...loginErrors(again.result),
    },
    { status: loginStatus(ctx, again.result) },
  );
}

async function answerLogin(
  deps: InteractionRoutesDeps,
  ctx: Context,
  interaction: PendingInteraction,
  form: URLSearchParams,
): Promise<void> {
  const email = form.get('email') ?? '';
  const password = form.get('password') ?? '';
  const result = await signInHere(deps, ctx, { email, password });
  if (result.outcome !== 'signed_in') {
    return showLogin(deps, ctx, interaction, { email, result });
  }
  ctx.status = 303;
  if (interaction.userId !== undefined && interaction.userId !== result.user.id) {
    // The request belongs to the other user's session: it starts over in one of this user's.
    return ctx.redirect(interaction.restartUrl);
  }
  ctx.redirect(await deps.interactions.finish(ctx, { kind: 'signed_in' }));
}

async function showOver(
  deps: InteractionRoutesDeps,
  ctx: Context,
  over: OverInteraction,
): Promise<void> {
  await identify(deps, ctx);
  deps.renderer.page(ctx, 'authorization/interaction_over', over, { status: statusOfOver(over) });
}
