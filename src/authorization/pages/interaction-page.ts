import type { Context } from 'koa';
import { type Page, type PageAnswer, seeOther } from '../../http/page.ts';
import { isPending, type PendingInteraction } from '../interaction.ts';
import { answerConsent, decideAtOnce, showConsent } from './consent-page.ts';
import type { InteractionDeps } from './interactions.ts';
import { answerLogin, showLogin } from './login-page.ts';
import { showOver } from './over-page.ts';
import { beginUpstream } from './upstream-page.ts';

/**
 * The page that an authorization request waits at: sign-in, then consent. A request has one page at
 * a time, under its own ID and cookie, so that requests in two tabs do not affect each other.
 */
export const interactionPage: Page<InteractionDeps> = {
  path: '/interaction/:uid',
  show: async (deps, ctx) => {
    const interaction = await deps.interactions.find(ctx);
    if (!isPending(interaction)) {
      return showOver(deps, ctx, interaction);
    }
    if (interaction.decidedUrl !== undefined) {
      return seeOther(interaction.decidedUrl);
    }
    return interaction.prompt === 'consent'
      ? showConsent(deps, ctx, interaction)
      : signIn(deps, ctx, interaction, () => showLogin(ctx, interaction));
  },
  submit: async (deps, ctx, fields) => {
    const decided = await decideAtOnce(deps, ctx, fields);
    if (decided !== undefined) {
      return decided;
    }
    const interaction = await deps.interactions.find(ctx);
    if (!isPending(interaction)) {
      return showOver(deps, ctx, interaction);
    }
    return interaction.prompt === 'consent'
      ? answerConsent(deps, ctx, interaction, fields)
      : signIn(deps, ctx, interaction, () => answerLogin(deps, ctx, interaction, fields));
  },
  // After a sign-in in another tab, the page says that the request has ended.
  refuse: async (deps, ctx) => {
    const interaction = await deps.interactions.find(ctx);
    return isPending(interaction) ? undefined : showOver(deps, ctx, interaction);
  },
};

function signIn(
  deps: InteractionDeps,
  ctx: Context,
  interaction: PendingInteraction,
  here: () => PageAnswer | Promise<PageAnswer>,
): PageAnswer | Promise<PageAnswer> {
  return deps.upstream === undefined
    ? here()
    : beginUpstream(deps.upstream, deps, ctx, interaction);
}
