import { oneOf, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, NOTICES } from './grant-page.ts';
import {
  type ApplicationGrants,
  type AuthorizationsOrder,
  ORDERS,
  presentByApplication,
} from './presenters.ts';

/** The user's live grants by application. */
interface AuthorizationsProps {
  readonly applications: readonly ApplicationGrants[];
  /** Links; empty if there is nothing to sort. */
  readonly orders: readonly {
    readonly order: AuthorizationsOrder;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly unusedPath: string;
  readonly notice: (typeof NOTICES)[number] | undefined;
  readonly timezone: string;
}

/** View of the list. */
export const listView = view<AuthorizationsProps>('grants/list');

/** Lists the applications that the user has authorized. */
export const listPage = userPage({
  path: AUTHORIZATIONS,
  show: async ({ deps, user, query, locale }) => {
    const grants = await listLiveGrants(deps.db, { userId: user.id });
    const order = oneOf(ORDERS, query.sort) ?? ORDERS[0];
    return render(listView, {
      applications: presentByApplication({ config: deps.config, locale }, grants, order),
      orders: grants.length < 2 ? [] : ORDERS.map((one) => presentOrder(one, order)),
      unusedPath: `${AUTHORIZATIONS}/unused`,
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});

function presentOrder(order: AuthorizationsOrder, chosen: AuthorizationsOrder) {
  const query = order === ORDERS[0] ? '' : `?sort=${order}`;
  return { order, href: `${AUTHORIZATIONS}${query}`, current: order === chosen };
}
