import type { Context } from 'koa';
import { originOf } from '../../http/origin.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { approveConsent, type Choice } from '../approve.ts';
import { denyConsent } from '../deny.ts';
import { type ConsentRequest, describeConsent } from '../describe.ts';
import { isPending, type PendingInteraction } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';

/** Decision of the user about a request as it is inside the transaction. */
export type Verdict =
  | { readonly kind: 'deny' }
  | { readonly kind: 'allow'; readonly choice: Choice }
  /** The choice can't be allowed any more: the page is shown again. */
  | { readonly kind: 'stale' };

/**
 * Writes grant, log entry, mail and the state of the request in one transaction, with the row of
 * the request locked: a form that is posted twice makes one grant and gets the same answer twice.
 */
export async function decide(
  deps: InteractionDeps,
  ctx: Context,
  judge: (request: ConsentRequest) => Verdict,
): Promise<PageAnswer> {
  const origin = originOf(ctx);
  const next = await deps.inTransaction(async (tx) => {
    const interaction = await deps.interactions.find(ctx);
    if (!isPending(interaction)) {
      return ctx.path;
    }
    if (interaction.decidedUrl !== undefined) {
      return interaction.decidedUrl;
    }
    const request = await describeRequest({ ...deps, db: tx }, interaction);
    const verdict = judge(request);
    if (verdict.kind === 'stale') {
      return ctx.path;
    }
    if (verdict.kind === 'deny') {
      await denyConsent(tx, request, origin);
      return deps.interactions.finish(ctx, { kind: 'denied' });
    }
    const lifetime = deps.config.refreshTokenTtl;
    const pageLocale = deps.renderer.locale(ctx);
    const given = { origin, lifetime, pageLocale };
    const grantId = await approveConsent(tx, request, verdict.choice, given);
    return deps.interactions.finish(ctx, { kind: 'allowed', grantId });
  });
  return seeOther(next);
}

/** @throws StagedoorError `gone` if the sign-in, the application or the user has ended */
export function describeRequest(
  deps: Pick<InteractionDeps, 'db' | 'config'>,
  interaction: PendingInteraction,
): Promise<ConsentRequest> {
  const { clientId, userId, scopes, redirectUri } = interaction;
  if (userId === undefined) {
    throw new StagedoorError('gone', 'The sign-in of this request has ended.');
  }
  return describeConsent(deps, { clientId, userId, scopes, redirectUri });
}
