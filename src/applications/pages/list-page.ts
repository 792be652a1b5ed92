import type { Context } from 'koa';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { isClientId } from '../application.ts';
import { listOwnApplications } from '../list-own.ts';
import { monogramUrl } from '../monogram.ts';
import { mayRegister } from '../registration.ts';
import { reviewNeed } from '../review-need.ts';
import { acceptTransfer, declineTransfer, incomingTransfers } from '../transfer.ts';
import {
  type AccountPagesDeps,
  APPLICATIONS,
  oneOf,
  openPage,
  postedForm,
  seeOther,
} from './account-page.ts';
import { presentHead } from './account-presenters.ts';

const NOTICES = ['deleted', 'transfer_accepted', 'transfer_declined'] as const;

/** The developer's applications, and those that somebody wants to hand over to them. */
export async function showApplications(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const visitor = await openPage(deps, ctx);
  if (visitor === undefined) {
    return;
  }
  const { user } = visitor;
  const own = await listOwnApplications(deps.db, user.id);
  const transfers = await incomingTransfers(deps.db, user.id);
  deps.renderer.page(ctx, 'applications/list', {
    applications: own.map(({ application, connectedUsers, lastUsedAt }) => ({
      ...presentHead(application),
      suspensionReason: application.suspensionReason,
      connectedUsers,
      lastUsedAt,
      reviewNeed: reviewNeed(deps.config, application),
    })),
    transfers: transfers.map(({ application: { clientId, name }, fromName }) => ({
      name,
      picture: monogramUrl(name),
      from: visibleLine(fromName) || '…',
      acceptAction: `${APPLICATIONS}/transfers/${clientId}/accept`,
      declineAction: `${APPLICATIONS}/transfers/${clientId}/decline`,
    })),
    mayRegister: mayRegister(deps.config, user),
    notice: oneOf(NOTICES, ctx.query.notice),
    timezone: user.timezone,
  });
}

/** Takes an offered application over, or turns it down. */
export async function answerTransfer(
  deps: AccountPagesDeps,
  ctx: Context,
  accepted: boolean,
): Promise<void> {
  await postedForm(deps, ctx);
  const visitor = await openPage(deps, ctx);
  if (visitor === undefined) {
    return;
  }
  if (accepted && !visitor.recent) {
    // From then on the receiver decides about redirect URIs and secrets.
    return seeOther(ctx, `/login?reason=recent&return_to=${encodeURIComponent(APPLICATIONS)}`);
  }
  const { clientId } = ctx.params;
  if (typeof clientId !== 'string' || !isClientId(clientId)) {
    throw new StagedoorError('not_found', 'There is no such offer.');
  }
  const answer = accepted ? acceptTransfer : declineTransfer;
  await inTransaction(deps.db, (tx) =>
    answer(tx, visitor.actor, visitor.user.id, clientId, originOf(ctx)),
  );
  seeOther(ctx, `${APPLICATIONS}?notice=transfer_${accepted ? 'accepted' : 'declined'}`);
}
