import type { Context } from 'koa';
import { seeOther } from '../../applications/pages/account-page.ts';
import type { Config } from '../../config/config.ts';
import type { Db } from '../../db/database.ts';
import type { Csrf } from '../../http/csrf.ts';
import { originOf } from '../../http/origin.ts';
import type { Renderer } from '../../http/render.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import type { Sessions } from '../../sessions/pages/sessions.ts';
import type { User } from '../../users/user.ts';
import { findGrant, listLiveGrants } from '../find.ts';
import type { GrantDetails } from '../grant.ts';
import type { Revocation } from '../revoke.ts';
import type { AuthorizationsNotice } from '../views.ts';

/** Where the pages about what a user has allowed are. */
export const AUTHORIZATIONS = '/account/authorizations';

/** What these pages need. */
export interface GrantPagesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** Who looks at a page about one of their own grants. */
export interface Grantor {
  readonly user: User;
  readonly grant: GrantDetails;
  /** How many other live grants the same application has of them. */
  readonly others: number;
}

/**
 * The signed-in user and their live grant of the path. Undefined: the answer is on its way, to the
 * sign-in page, or to the list, which says that the grant has ended.
 * @throws StagedoorError `not_found` where it is somebody else's, too
 */
export async function openGrantPage(
  deps: GrantPagesDeps,
  ctx: Context,
): Promise<Grantor | undefined> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return undefined;
  }
  const { user } = identified;
  const id = pathParameter(ctx, 'id');
  const grants = await listLiveGrants(deps.db, user.id);
  const grant = grants.find((one) => one.id === id);
  if (grant !== undefined) {
    const others = grants.filter((one) => one.clientId === grant.clientId).length - 1;
    return { user, grant, others };
  }
  if ((await findGrant(deps.db, id))?.userId !== user.id) {
    throw noSuchAuthorization();
  }
  toList(ctx, 'already_revoked');
  return undefined;
}

/** What a page says that is asked about a grant which is not the user's. */
export function noSuchAuthorization(): StagedoorError {
  return new StagedoorError('not_found', 'There is no such authorization.');
}

/** Ids are letters, digits and . _ -; anything else is nobody's, and never reaches the database. */
export function pathParameter(ctx: Context, name: 'id' | 'clientId'): string {
  const value: unknown = ctx.params[name];
  return typeof value === 'string' && /^[0-9A-Za-z._-]+$/.test(value) ? value : '';
}

/** Sends the browser to the list, which says what has been done. */
export function toList(ctx: Context, notice: AuthorizationsNotice): void {
  seeOther(ctx, `${AUTHORIZATIONS}?notice=${notice}`);
}

/** What is written to the log of a grant that its user ends. */
export function byUser(user: User, ctx: Context): Revocation {
  return { reason: 'revoked_by_user', actor: `user:${user.id}`, origin: originOf(ctx) };
}
