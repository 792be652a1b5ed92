import { findApplication } from '../../applications/store.ts';
import type { Db } from '../../db/database.ts';
import { oneOf, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-links.ts';
import { isClientId } from '../../lib/client-id.ts';
import { matches } from '../../lib/search.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import type { GrantDetails } from '../grant.ts';
import {
  type ApplicationPart,
  type AuthorizedSums,
  listAuthorizedApplications,
  listGrantOrganizers,
  listGrantsOfParts,
} from '../list-store.ts';
import { hasEverGranted, listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, NOTICES } from './grant-page.ts';
import { grantFilter, type ListFilter, linkToList, presentListFilter } from './list-filter.ts';
import { arrangeApplications } from './presenters.ts';
import { presentRows } from './row-presenters.ts';

/** Grants per page: more would make a slow page of megabytes. */
const PAGE_SIZE = 50;

/** Lists the applications that the user has authorized. */
export const listPage = userPage({
  path: AUTHORIZATIONS,
  show: async (request) => render('grants/list', await presentList(request)),
});

/** Presents one page of the user's live grants, by application. */
async function presentList({ deps, user, query, locale }: UserRequest<UserPageDeps>) {
  const notice = oneOf(NOTICES, query.notice);
  const organizers = await listGrantOrganizers(deps.db, user.id);
  const filter = grantFilter(deps.config, query, organizers);
  const authorized = await listAuthorizedApplications(deps.db, user.id, filter.grants);
  const applications = arrangeApplications(
    authorized.filter(({ applicationName, developer, clientId }) =>
      matches(filter.search, [applicationName, developer, clientId]),
    ),
    filter.order,
    locale,
  );
  const count = applications.reduce((sum, { found }) => sum + found, 0);
  const pages = Math.max(1, Math.ceil(count / PAGE_SIZE));
  const page = Math.min(pageNumber(query.page), pages);
  const grants = await readGrants(deps.db, user.id, filter, partsOfPage(applications, page));
  // A row stands for the whole application, whatever the filter leaves out.
  const live = new Map(applications.map((one) => [one.clientId, one.live]));
  return {
    applications: presentRows(
      { config: deps.config, locale },
      user.timezone,
      grants,
      (clientId) => live.get(clientId) ?? 0,
    ),
    filter: presentListFilter(filter, organizers, locale),
    /** Everything that was found is on this page, and nothing was searched for. */
    complete: pages === 1 && filter.search.text === '',
    pages: { page, pages },
    /** Links; undefined if there is no such page. */
    previous: page > 1 ? linkToList(filter, { page: page - 1 }) : undefined,
    next: page < pages ? linkToList(filter, { page: page + 1 }) : undefined,
    unusedPath: `${AUTHORIZATIONS}/unused`,
    selectPath: `${AUTHORIZATIONS}/disconnect`,
    notice,
    /** Name of the application that the notice is about. */
    noticeAbout: notice && (await findFormer(deps.db, user.id, query.application)),
    timezone: user.timezone,
  };
}

/** Returns the name of an application, if the user has authorized it at any time. */
async function findFormer(db: Db, userId: string, param: unknown): Promise<string | undefined> {
  const clientId = typeof param === 'string' && isClientId(param) ? param : undefined;
  return clientId !== undefined && (await hasEverGranted(db, { userId, clientId }))
    ? (await findApplication(db, clientId))?.name
    : undefined;
}

/** Divides the grants of arranged applications into pages, and returns one of them. */
function partsOfPage(applications: readonly AuthorizedSums[], page: number): ApplicationPart[] {
  const first = (page - 1) * PAGE_SIZE;
  let before = 0;
  return applications.flatMap(({ clientId, found }) => {
    const skip = Math.max(0, first - before);
    const take = Math.min(found, first + PAGE_SIZE - before) - skip;
    before += found;
    return take > 0 ? [{ clientId, skip, take }] : [];
  });
}

async function readGrants(
  db: Db,
  userId: string,
  { grants, order }: ListFilter,
  parts: readonly ApplicationPart[],
): Promise<GrantDetails[]> {
  if (parts.length === 0) {
    return [];
  }
  const by = order === 'used' ? 'last_used_at' : 'created_at';
  const ids = await listGrantsOfParts(db, userId, grants, parts, by);
  const found = await listLiveGrants(db, { userId, ids });
  return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
