/** A team of the user at an organizer of the grant. */
export type TeamRow = readonly [
  slug: string,
  permissions: readonly string[],
  /** Slugs separated by blanks, which take less time to read than a list; null: for all events. */
  events: string | null,
];

type Names = readonly string[];

/** Permissions for events. */
export interface EventPermissions {
  readonly events: readonly string[];
  /** Never empty. */
  readonly permissions: Names;
}

/** Permissions of a user by slug of the organizer. */
export interface Permissions {
  /** For all events of the organizer; a key for each organizer of which the user is a member. */
  readonly permissions: ReadonlyMap<string, Names>;
  /** Beyond those, for single events; each event of an organizer is in one group. */
  readonly eventPermissions: ReadonlyMap<string, readonly EventPermissions[]>;
}

/**
 * Unites the permissions of teams. A permission holds for an event if a team has it and is for all
 * events or lists this one; an organizer-level permission holds for all events in any case.
 *
 * Takes time proportional to the listed events: those of the same teams are one group.
 */
export function unitePermissions(
  teams: readonly TeamRow[],
  organizerLevel: ReadonlySet<string>,
): Permissions {
  const permissions = new Map<string, Names>();
  for (const [slug, ofTeam, events] of teams) {
    const holds = events === null ? ofTeam : ofTeam.filter((name) => organizerLevel.has(name));
    permissions.set(slug, union(permissions.get(slug), holds));
  }
  const lists = new Map<string, Map<string, Names>>();
  for (const [slug, ofTeam, events] of teams) {
    const everywhere = permissions.get(slug) ?? [];
    const beyond = events ? ofTeam.filter((name) => !everywhere.includes(name)) : [];
    if (events && beyond.length > 0) {
      const known = lists.get(slug) ?? new Map<string, Names>();
      lists.set(slug, known.set(events, union(known.get(events), beyond)));
    }
  }
  const groups = [...lists].map(([slug, byList]) => [slug, groupEvents(byList)] as const);
  return { permissions, eventPermissions: new Map(groups) };
}

/** Groups the events of lists, which may overlap, by all of their permissions. */
function groupEvents(byList: ReadonlyMap<string, Names>): EventPermissions[] {
  if (byList.size === 1) {
    return [...byList].map(([list, permissions]) => ({ events: list.split(' '), permissions }));
  }
  const byEvent = new Map<string, Names>();
  for (const [list, added] of byList) {
    /** By what an event has already. */
    const unions = new Map<Names | undefined, Names>();
    for (const event of list.split(' ')) {
      const known = byEvent.get(event);
      const all = unions.get(known) ?? union(known, added);
      unions.set(known, all);
      byEvent.set(event, all);
    }
  }
  const groups = new Map<Names, string[]>();
  for (const [event, permissions] of byEvent) {
    const group = groups.get(permissions);
    if (group === undefined) {
      groups.set(permissions, [event]);
    } else {
      group.push(event);
    }
  }
  return [...groups].map(([permissions, events]) => ({ events, permissions }));
}

function union(a: Names | undefined, b: Names): Names {
  return a === undefined ? b : [...new Set([...a, ...b])];
}
