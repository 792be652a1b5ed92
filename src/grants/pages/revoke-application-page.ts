import type { Context } from 'koa';
import { postedForm } from '../../applications/pages/account-page.ts';
import { inTransaction } from '../../db/transaction.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import type { User } from '../../users/user.ts';
import { hasEverGranted, listLiveGrants } from '../find.ts';
import type { GrantDetails } from '../grant.ts';
import { revokeGrantsOfApplication } from '../revoke-several.ts';
import {
  byUser,
  type GrantPagesDeps,
  noSuchAuthorization,
  pathParameter,
  toList,
} from './account-page.ts';
import { presentApplication, presentGrant } from './presenters.ts';

/** Asks once more before all grants of an application end. */
export async function showRevokeApplication(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const opened = await open(deps, ctx);
  if (opened === undefined) {
    return;
  }
  const { user, grants } = opened;
  const context = { config: deps.config, locale: deps.renderer.locale(ctx) };
  deps.renderer.page(ctx, 'grants/revoke_application', {
    action: ctx.path,
    application: presentApplication(grants[0]),
    grants: grants.map((grant) => presentGrant(context, grant)),
    timezone: user.timezone,
  });
}

/** Ends them, in one transaction. */
export async function answerRevokeApplication(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  await postedForm(deps, ctx);
  const opened = await open(deps, ctx);
  if (opened === undefined) {
    return;
  }
  const { user, clientId } = opened;
  const parties = { userId: user.id, clientId };
  const ended = await inTransaction(deps.db, (tx) =>
    revokeGrantsOfApplication(tx, parties, byUser(user, ctx)),
  );
  toList(ctx, ended > 0 ? 'revoked_application' : 'already_revoked');
}

interface Opened {
  readonly user: User;
  readonly clientId: string;
  readonly grants: readonly [GrantDetails, ...GrantDetails[]];
}

/** @throws StagedoorError `not_found` where the user never allowed it anything */
async function open(deps: GrantPagesDeps, ctx: Context): Promise<Opened | undefined> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return undefined;
  }
  const { user } = identified;
  const clientId = pathParameter(ctx, 'clientId');
  const live = await listLiveGrants(deps.db, user.id);
  const [first, ...others] = live.filter((grant) => grant.clientId === clientId);
  if (first !== undefined) {
    return { user, clientId, grants: [first, ...others] };
  }
  if (!(await hasEverGranted(deps.db, { userId: user.id, clientId }))) {
    throw noSuchAuthorization();
  }
  toList(ctx, 'already_revoked');
  return undefined;
}
