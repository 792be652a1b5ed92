import type { Context } from 'koa';
import { type PageAnswer, render } from '../../http/page.ts';
import { identify } from '../../sessions/pages/sessions.ts';
import { type ClosedInteraction, isForeign } from '../interaction.ts';
import type { InteractionDeps } from './interactions.ts';

/** Reasons that may pass: the page is forbidden, not gone. */
const FORBIDDEN: ReadonlySet<ClosedInteraction['reason']> = new Set([
  'other_browser',
  'no_cookies',
  'application_suspended',
  'application_disabled',
  'awaits_review',
]);

/** Says why a request can't be answered any more. */
export function renderOver(over: ClosedInteraction): PageAnswer {
  const forbidden = isForeign(over.reason) || FORBIDDEN.has(over.reason);
  return render('authorization/interaction_over', over, forbidden ? 403 : 410);
}

/** As `renderOver`, with the header of the signed-in user. */
export async function showOver(
  deps: Pick<InteractionDeps, 'db' | 'sessions'>,
  ctx: Context,
  over: ClosedInteraction,
): Promise<PageAnswer> {
  await identify(deps, ctx);
  return renderOver(over);
}
