import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { approveConsent } from '../approve.ts';
import type { Choice } from '../choice.ts';
import { lockConsents } from '../consent-store.ts';
import { denyConsent } from '../deny.ts';
import { type ConsentRequest, readConsentRequest } from '../describe.ts';
import { isPending, type PendingInteraction } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';

/** Decision of the user about a request as it is inside the transaction. */
export type Verdict =
  | { readonly kind: 'deny' }
  | { readonly kind: 'allow'; readonly choice: Choice }
  /** The page has to be shown again. */
  | { readonly kind: 'undecided' };

/**
 * Writes grant, log entry, mail and the state of the request in one transaction, with the row of
 * the request locked: a form that is posted twice makes one grant and gets the same answer twice.
 * @returns undefined if nothing was decided
 */
export async function decide(
  deps: InteractionDeps,
  ctx: Context,
  judge: (request: ConsentRequest, interaction: PendingInteraction) => Verdict,
): Promise<PageAnswer | undefined> {
  const next = await deps.inTransaction(async (tx) => {
    const interaction = await deps.interactions.find(ctx);
    if (!isPending(interaction) || interaction.prompt !== 'consent') {
      return undefined;
    }
    if (interaction.decidedUrl !== undefined) {
      return interaction.decidedUrl;
    }
    await lockConsents(tx, interaction);
    const request = await readConsentRequest({ ...deps, db: tx }, interaction);
    const verdict = judge(request, interaction);
    const origin = originOf(ctx);
    switch (verdict.kind) {
      case 'undecided':
        return undefined;
      case 'deny':
        await denyConsent(tx, request, origin);
        return interaction.finish({ kind: 'denied' });
      case 'allow': {
        const lifetime = deps.config.refreshTokenTtl;
        const pageLocale = deps.renderer.locale(ctx);
        const given = { origin, lifetime, pageLocale };
        const choice: Choice = interaction.isTrial
          ? { ...verdict.choice, previous: 'keep' }
          : verdict.choice;
        const grantId = await approveConsent(tx, request, choice, given);
        return interaction.finish({ kind: 'allowed', grantId });
      }
    }
  });
  return next === undefined ? undefined : seeOther(next);
}
