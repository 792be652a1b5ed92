/** A team of the user at an organizer of the grant. Null: the team is for all events. */
export type TeamRow = readonly [
  slug: string,
  permissions: readonly string[],
  events: readonly string[] | null,
];

/** Permissions of a user by slug of the organizer. */
export interface Permissions {
  /** For all events of the organizer; a key for each organizer of which the user is a member. */
  readonly permissions: ReadonlyMap<string, readonly string[]>;
  /** Beyond those by slug of the event; no entry is empty. */
  readonly eventPermissions: ReadonlyMap<string, EventPermissions>;
}

type EventPermissions = ReadonlyMap<string, readonly string[]>;

/**
 * Unites the permissions of teams. A permission holds for an event if a team has it and is for all
 * events or lists this one; an organizer-level permission holds for all events in any case.
 *
 * Takes time proportional to the listed events: events of the same teams share one list.
 */
export function unitePermissions(
  teams: readonly TeamRow[],
  organizerLevel: ReadonlySet<string>,
): Permissions {
  const permissions = new Map<string, readonly string[]>();
  for (const [slug, ofTeam, events] of teams) {
    const holds = events === null ? ofTeam : ofTeam.filter((name) => organizerLevel.has(name));
    permissions.set(slug, union(permissions.get(slug), holds));
  }
  const eventPermissions = new Map<string, Map<string, readonly string[]>>();
  for (const [slug, ofTeam, events] of teams) {
    const everywhere = permissions.get(slug) ?? [];
    const beyond =
      events === null ? [] : ofTeam.filter((permission) => !everywhere.includes(permission));
    if (events !== null && events.length > 0 && beyond.length > 0) {
      const byEvent = eventPermissions.get(slug) ?? new Map<string, readonly string[]>();
      eventPermissions.set(slug, byEvent);
      add(byEvent, events, beyond);
    }
  }
  return { permissions, eventPermissions };
}

function add(
  byEvent: Map<string, readonly string[]>,
  events: readonly string[],
  permissions: readonly string[],
): void {
  /** By the list that an event has already. */
  const unions = new Map<readonly string[] | undefined, readonly string[]>();
  for (const event of events) {
    const known = byEvent.get(event);
    const all = unions.get(known) ?? union(known, permissions);
    unions.set(known, all);
    byEvent.set(event, all);
  }
}

function union(a: readonly string[] | undefined, b: readonly string[]): readonly string[] {
  return a === undefined ? b : [...new Set([...a, ...b])];
}
