import { findApplication } from '../../applications/find-application.ts';
import type { Db } from '../../db/database.ts';
import { oneOf, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-number.ts';
import { view } from '../../http/view.ts';
import { isClientId } from '../../lib/client-id.ts';
import { matches } from '../../lib/search.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { listGrantHeads, listGrantOrganizers } from '../list-store.ts';
import { hasEverGranted, listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, NOTICES } from './grant-page.ts';
import { grantFilter, type ListFilterProps, linkToList, presentListFilter } from './list-filter.ts';
import { arrangeGrants } from './presenters.ts';
import { type ApplicationRow, presentRows } from './row-presenters.ts';

/** Grants per page: more would make a slow page of megabytes. */
const PAGE_SIZE = 50;

/** One page of the user's live grants, by application. */
interface AuthorizationsProps {
  readonly applications: readonly ApplicationRow[];
  readonly filter: ListFilterProps;
  /** Everything that was found is on this page, and nothing was searched for. */
  readonly complete: boolean;
  readonly pages: { readonly page: number; readonly pages: number };
  /** Links; undefined if there is no such page. */
  readonly previous: string | undefined;
  readonly next: string | undefined;
  readonly unusedPath: string;
  readonly selectPath: string;
  readonly notice: (typeof NOTICES)[number] | undefined;
  /** Name of the application that the notice is about. */
  readonly noticeAbout: string | undefined;
  readonly timezone: string;
}

/** View of the list. */
export const listView = view<AuthorizationsProps>('grants/list');

/** Lists the applications that the user has authorized. */
export const listPage = userPage({
  path: AUTHORIZATIONS,
  show: async ({ deps, user, query, locale }) => {
    const organizers = await listGrantOrganizers(deps.db, user.id);
    const filter = grantFilter(deps.config, query, organizers);
    const found = await listGrantHeads(deps.db, user.id, filter.grants);
    const all = arrangeGrants(
      found.filter(({ applicationName, developer, clientId }) =>
        matches(filter.search, [applicationName, developer, clientId]),
      ),
      filter.order,
      locale,
    );
    const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
    const page = Math.min(pageNumber(query.page), pages);
    const shown = all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(({ id }) => id);
    const grants =
      shown.length > 0 ? await listLiveGrants(deps.db, { userId: user.id, ids: shown }) : [];
    // A row stands for the whole application, whatever the filter leaves out.
    const isFiltered = Object.values(filter.grants).some((value) => value !== undefined);
    const heads = isFiltered ? await listGrantHeads(deps.db, user.id) : found;
    const live = Map.groupBy(heads, ({ clientId }) => clientId);
    return render(listView, {
      applications: presentRows(
        { config: deps.config, locale },
        user.timezone,
        arrangeGrants(grants, filter.order, locale),
        (clientId) => live.get(clientId)?.length ?? 0,
      ),
      filter: presentListFilter(filter, organizers, locale),
      complete: pages === 1 && filter.search.text === '',
      pages: { page, pages },
      previous: page > 1 ? linkToList(filter, { page: page - 1 }) : undefined,
      next: page < pages ? linkToList(filter, { page: page + 1 }) : undefined,
      unusedPath: `${AUTHORIZATIONS}/unused`,
      selectPath: `${AUTHORIZATIONS}/disconnect`,
      notice: oneOf(NOTICES, query.notice),
      noticeAbout: await findFormer(deps.db, user.id, query.application),
      timezone: user.timezone,
    });
  },
});

/** Returns the name of an application, if the user has authorized it at any time. */
async function findFormer(db: Db, userId: string, param: unknown): Promise<string | undefined> {
  const clientId = typeof param === 'string' && isClientId(param) ? param : undefined;
  return clientId !== undefined && (await hasEverGranted(db, { userId, clientId }))
    ? (await findApplication(db, clientId))?.name
    : undefined;
}
