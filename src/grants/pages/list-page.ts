import type { Context } from 'koa';
import { oneOf } from '../../applications/pages/account-page.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import { listLiveGrants } from '../find.ts';
import type { AuthorizationsNotice, AuthorizationsOrder } from '../views.ts';
import { AUTHORIZATIONS, type GrantPagesDeps } from './account-page.ts';
import { presentByApplication } from './presenters.ts';

/** The first one is that of the page without a query. */
const ORDERS = ['name', 'granted', 'used'] as const satisfies readonly AuthorizationsOrder[];

const NOTICES: readonly AuthorizationsNotice[] = [
  'revoked',
  'revoked_one',
  'already_revoked',
  'revoked_application',
  'revoked_unused',
  'none_unused',
  'narrowed',
  'unchanged',
];

/** What a user has allowed, by application. */
export async function showAuthorizations(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const grants = await listLiveGrants(deps.db, user.id);
  const order = oneOf(ORDERS, ctx.query.sort) ?? ORDERS[0];
  const context = { config: deps.config, locale: deps.renderer.locale(ctx) };
  deps.renderer.page(ctx, 'grants/list', {
    applications: presentByApplication(context, grants, order),
    orders: grants.length < 2 ? [] : ORDERS.map((one) => presentOrder(one, order)),
    unusedPath: `${AUTHORIZATIONS}/unused`,
    notice: oneOf(NOTICES, ctx.query.notice),
    timezone: user.timezone,
  });
}

function presentOrder(order: AuthorizationsOrder, chosen: AuthorizationsOrder) {
  const query = order === ORDERS[0] ? '' : `?sort=${order}`;
  return { order, href: `${AUTHORIZATIONS}${query}`, current: order === chosen };
}
