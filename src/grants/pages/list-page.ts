import { oneOf, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-number.ts';
import { view } from '../../http/view.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { listGrantHeads } from '../list-store.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, NOTICES } from './grant-page.ts';
import {
  type ApplicationGrants,
  type AuthorizationsOrder,
  arrangeGrants,
  ORDERS,
  presentByApplication,
} from './presenters.ts';

/** Grants per page: more would make a slow page of megabytes. */
const PAGE_SIZE = 50;

/** One page of the user's live grants, by application. */
interface AuthorizationsProps {
  readonly applications: readonly ApplicationGrants[];
  /** Links; empty if there is nothing to sort. */
  readonly orders: readonly {
    readonly order: AuthorizationsOrder;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly pages: { readonly page: number; readonly pages: number };
  /** Links; undefined if there is no such page. */
  readonly previous: string | undefined;
  readonly next: string | undefined;
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
    const order = oneOf(ORDERS, query.sort) ?? ORDERS[0];
    const all = arrangeGrants(await listGrantHeads(deps.db, user.id), order, locale);
    const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
    const page = Math.min(pageNumber(query.page), pages);
    const shown = all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(({ id }) => id);
    const grants =
      shown.length > 0 ? await listLiveGrants(deps.db, { userId: user.id, ids: shown }) : [];
    const countOf = (clientId: string) => all.filter((one) => one.clientId === clientId).length;
    return render(listView, {
      applications: presentByApplication(
        { config: deps.config, locale },
        arrangeGrants(grants, order, locale),
        countOf,
      ),
      orders: all.length < 2 ? [] : ORDERS.map((one) => presentOrder(one, order)),
      pages: { page, pages },
      previous: page > 1 ? linkTo(order, page - 1) : undefined,
      next: page < pages ? linkTo(order, page + 1) : undefined,
      unusedPath: `${AUTHORIZATIONS}/unused`,
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});

function presentOrder(order: AuthorizationsOrder, chosen: AuthorizationsOrder) {
  return { order, href: linkTo(order, 1), current: order === chosen };
}

function linkTo(order: AuthorizationsOrder, page: number): string {
  const parameters = new URLSearchParams({
    ...(order === ORDERS[0] ? {} : { sort: order }),
    ...(page === 1 ? {} : { page: String(page) }),
  });
  return parameters.size === 0 ? AUTHORIZATIONS : `${AUTHORIZATIONS}?${parameters}`;
}
