import fc from 'fast-check';

/** A team as the platform sends it. */
export interface GeneratedTeam {
  readonly organizer: string;
  readonly id: string;
  readonly permissions: readonly string[];
  readonly all_events: boolean;
  readonly limit_events: readonly string[];
  readonly members: readonly string[];
}

export const USERS = ['ada', 'ben', 'cleo'] as const;
export const ORGANIZERS = ['blue', 'constructor', 'red'] as const;
export const EVENTS = ['__proto__', 'constructor', 'fair', 'gala.2027', 'hall-1'] as const;
/** The names that a decision can be about; no team lists the last event. */
export const NAMED_EVENTS = [...EVENTS, 'toString'] as const;
/** The first one holds at the organizer, whatever the events are. */
export const PERMISSIONS = ['can_create_events', 'can_view_orders', 'can_change_orders'] as const;

/** Teams of a directory with {@link USERS} and {@link ORGANIZERS}. */
export const teams: fc.Arbitrary<readonly GeneratedTeam[]> = fc
  .array(
    fc
      .record({
        organizer: fc.constantFrom(...ORGANIZERS),
        id: fc.constantFrom('a', 'b', '__proto__'),
        permissions: fc.subarray([...PERMISSIONS]),
        all_events: fc.boolean(),
        limit_events: fc.subarray([...EVENTS]),
        members: fc.subarray([...USERS]),
      })
      .map((team) => (team.all_events ? { ...team, limit_events: [] } : team)),
    { maxLength: 9 },
  )
  .map((list) => [...new Map(list.map((team) => [`${team.organizer}/${team.id}`, team])).values()]);

/** Something that a user may do or not; without an event: for all events of the organizer. */
export interface Wish {
  readonly user: string;
  readonly organizer: string;
  readonly permission: string;
  readonly event: string | undefined;
}

/** All wishes in such directories. */
export const WISHES: readonly Wish[] = USERS.flatMap((user) =>
  ORGANIZERS.flatMap((organizer) =>
    PERMISSIONS.flatMap((permission) =>
      [undefined, ...NAMED_EVENTS].map((event) => ({ user, organizer, permission, event })),
    ),
  ),
);

/**
 * Applies the platform's rule, team by team: a permission holds for an event if one of the user's
 * teams at that organizer has it and is for all events or lists this one.
 */
export function holds(directory: readonly GeneratedTeam[], wish: Wish): boolean {
  for (const team of directory) {
    const isTheirs = team.organizer === wish.organizer && team.members.includes(wish.user);
    if (!isTheirs || !team.permissions.includes(wish.permission)) {
      continue;
    }
    if (wish.permission === 'can_create_events' || team.all_events) {
      return true;
    }
    if (wish.event !== undefined && team.limit_events.includes(wish.event)) {
      return true;
    }
  }
  return false;
}
