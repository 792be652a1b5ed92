import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import { linkTo } from '../../http/link-to.ts';
import { oneOf } from '../../http/page.ts';
import { COLLATORS, type Locale } from '../../lib/locale.ts';
import { type LocalizedText, localized } from '../../lib/localized-text.ts';
import { readSearch, type Search } from '../../lib/search.ts';
import type { GrantFilter } from '../list-store.ts';
import { AUTHORIZATIONS } from './grant-page.ts';
import { type AuthorizationsOrder, ORDERS } from './presenters.ts';

/** Days after which the filter calls a grant unused. */
const UNUSED_DAYS = 30;

interface Organizer {
  readonly slug: string;
  readonly name: LocalizedText;
}

/** Search, filters and order of the list, as its query names them. */
export interface ListFilter {
  readonly search: Search;
  readonly grants: GrantFilter;
  readonly order: AuthorizationsOrder;
}

/** Reads the filter of a query. Ignores an organizer that no grant of the user opens. */
export function grantFilter(
  { scopes }: Config,
  query: Context['query'],
  organizers: readonly Organizer[],
): ListFilter {
  const writing = scopes.filter(({ writes }) => writes).map(({ name }) => name);
  return {
    search: readSearch(query.q),
    grants: {
      anyScope: query.can === 'edit' ? writing : undefined,
      unusedDays: query.unused === String(UNUSED_DAYS) ? UNUSED_DAYS : undefined,
      organizer: organizers.find(({ slug }) => slug === query.organizer)?.slug,
    },
    order: oneOf(ORDERS, query.sort) ?? ORDERS[0],
  };
}

/** Returns the path of a page of the list with a filter. */
export function linkToList(
  { search, grants, order }: ListFilter,
  { page = 1 }: { readonly page?: number } = {},
): string {
  return linkTo(AUTHORIZATIONS, {
    q: search.text,
    can: grants.anyScope && 'edit',
    unused: grants.unusedDays?.toString(),
    organizer: grants.organizer,
    sort: order === ORDERS[0] ? undefined : order,
    page: page === 1 ? undefined : String(page),
  });
}

/** Presents the fields, with what is set, and links that remove it. */
export function presentListFilter(
  filter: ListFilter,
  organizers: readonly Organizer[],
  locale: Locale,
) {
  const { search, grants, order } = filter;
  const without = (name: keyof GrantFilter) =>
    linkToList({ ...filter, grants: { ...grants, [name]: undefined } });
  return {
    action: AUTHORIZATIONS,
    q: search.text,
    edits: grants.anyScope !== undefined,
    unused: grants.unusedDays !== undefined,
    unusedDays: UNUSED_DAYS,
    organizers: organizers
      .map(({ slug, name }) => ({
        value: slug,
        name: localized(name, locale) || slug,
        selected: slug === grants.organizer,
      }))
      .toSorted((a, b) => COLLATORS[locale].compare(a.name, b.name)),
    orders: ORDERS.map((one) => ({ value: one, selected: one === order })),
    without: {
      edits: without('anyScope'),
      unused: without('unusedDays'),
      organizer: without('organizer'),
      everything: AUTHORIZATIONS,
    },
  };
}
