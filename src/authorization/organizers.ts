import type { Config } from '../config/config.ts';
import type { OrganizerWithTeams } from '../directory/organizer-store.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import { type TeamRow, unitePermissions } from '../tokens/permissions.ts';

/** An organizer that the user can choose, and what the user may do there today. */
export type ConsentOrganizer = ReturnType<typeof withPermissions>[number];

/** Returns what a user may do at each organizer. */
export function withPermissions(
  { organizerPermissions }: Pick<Config, 'organizerPermissions'>,
  found: readonly OrganizerWithTeams[],
) {
  // Which events a team is for does not matter here: one name stands for all of them.
  const rows = found.flatMap(({ slug, teams }) =>
    teams.map(([names, allEvents]): TeamRow => [slug, names, allEvents ? null : 'some']),
  );
  const { permissions, eventPermissions } = unitePermissions(rows, organizerPermissions);
  return found.map(({ slug, name }) => ({
    slug,
    name,
    /** For all of its events. */
    permissions: permissions.get(slug) ?? [],
    /** In addition, for some of its events. */
    eventPermissions: (eventPermissions.get(slug) ?? []).flatMap((group) => group.permissions),
  }));
}

/** Words in the names of permissions that change nothing. */
const VIEWING = /(^|[^a-z])(view|read|see|list)([^a-z]|$)/i;

/** Tests if the user can change anything at an organizer, by the names of the permissions. */
export function canEdit({ permissions, eventPermissions }: ConsentOrganizer): boolean {
  return [...permissions, ...eventPermissions].some((name) => !VIEWING.test(name));
}

/** Tests if the user has any permission at an organizer. */
export function hasPermissions({ permissions, eventPermissions }: ConsentOrganizer): boolean {
  return permissions.length + eventPermissions.length > 0;
}

/**
 * Returns the requested scopes by which an application could do nothing for this user: all that
 * concern organizers, if the user has none, and those that write, if the user can only view. A
 * user without any permission does not count as one who can only view: the platform may state none.
 */
export function findEmptyScopes(
  scopes: readonly ScopeConfig[],
  organizers: readonly ConsentOrganizer[] = [],
): ReadonlySet<string> {
  const onlyViews = organizers.some(hasPermissions) && !organizers.some(canEdit);
  const empty = scopes.filter(
    (scope) => scope.organizers && (organizers.length === 0 || (scope.writes && onlyViews)),
  );
  return new Set(empty.map(({ name }) => name));
}
