import { type Page, seeOther } from '../../http/page.ts';
import { isForeign, isPending } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';
import { showOver } from './over-page.ts';
import { completeUpstream, SIGNED_IN } from './upstream-page.ts';

/** Takes the answer of the platform's own login for a request. */
export const returnPage: Page<InteractionDeps> = {
  path: `/interaction/:uid/${SIGNED_IN}`,
  show: async (deps, ctx) => {
    const interaction = await deps.interactions.find(ctx);
    const pending = isPending(interaction) ? interaction : undefined;
    if (!isPending(interaction) && !isForeign(interaction.reason)) {
      return showOver(deps, ctx, interaction);
    }
    return deps.upstream === undefined || pending?.decidedUrl !== undefined
      ? seeOther(`/interaction/${ctx.params.uid}`)
      : completeUpstream(deps.upstream, deps, ctx, pending);
  },
};
